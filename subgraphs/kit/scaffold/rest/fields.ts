import { quoted } from '../code.ts';
import type { DraftEnum, DraftField } from '../draft.ts';
import { enumValue, fieldName, sentence, typeName, unique, wordsOf } from '../names.ts';
import type { TypeNamer } from '../type-names.ts';
import { type Json, list, propertiesOf, resolved } from './document.ts';

/** What the properties of a component become. */
export interface Properties {
  readonly fields: readonly DraftField[];
  readonly enums: readonly DraftEnum[];
  /** The properties that no field was made of. */
  readonly left: readonly string[];
}

/** Fields for the scalar properties of a component, and for those of the objects that lie in it. `key` is the field `id`. */
export function fieldsOf(document: unknown, schema: Json, key: string, type: string, namer: TypeNamer): Properties {
  const taken = new Set(['id']);
  const enums: DraftEnum[] = [];
  const left: string[] = [];
  const read = (owner: unknown, path: readonly string[], optional: boolean): DraftField[] => {
    const { properties, required } = propertiesOf(document, owner);
    return Object.entries(properties).flatMap(([name, property]): DraftField[] => {
      const column = [...path, name].join('.');
      const found = resolved(document, property);
      const types = list(found.type).length > 0 ? list(found.type) : [found.type];
      const nullable = optional || !required.has(name) || found.nullable === true || types.includes('null');
      if (column === key) return [];
      const inner = Object.values(propertiesOf(document, found).properties).map((each) => resolved(document, each));
      const holdsList = inner.some(({ type: each }) => each === 'array');
      if (types.includes('object') && path.length === 0 && inner.length > 0 && !holdsList)
        return read(found, [name], nullable);
      const words = wordsOf(column);
      const described =
        typeof found.description === 'string' && found.description.length <= 200 && !/[<>]/.test(found.description);
      const description = described ? String(found.description) : sentence(words);
      const field = (scalar: string, code: DraftField['code']) => [
        { name: unique(fieldName(words), taken), type: nullable ? scalar : `${scalar}!`, description, code },
      ];
      const values = list(found.enum).filter((each): each is string => typeof each === 'string' && each !== '');
      // One that can only be one thing says nothing.
      if (values.length === 1) return [];
      if (values.length > 1 && types.includes('string')) {
        const made = namer.enum(type + typeName(words));
        const codes = values.map((code) => [code, enumValue(wordsOf(code))] as const);
        const byValue = Map.groupBy(codes, ([, value]) => value);
        const described = [...byValue].map(([value, each]) => ({ value, codes: each.map(([code]) => code) }));
        enums.push({ name: made, description: sentence(words), values: described });
        return field(made, {
          call: 'oneOf',
          of: [quoted(column), { object: codes.map(([code, value]) => [code, quoted(value)]) }],
        });
      }
      const scalar = scalarOf(
        found,
        types.filter((each) => each !== 'null'),
      );
      if (scalar === 'seconds')
        return field('DateTime', { call: 'timestamp', of: [quoted(column), quoted('seconds')] });
      if (scalar !== undefined) return field(scalar, quoted(column));
      left.push(column);
      return [];
    });
  };
  const fields = read(schema, [], false);
  return { fields, enums, left };
}

function scalarOf({ format }: Json, types: readonly unknown[]): string | undefined {
  if (types.length !== 1) return undefined;
  switch (types[0]) {
    case 'string':
      return format === 'date' ? 'LocalDate' : format === 'date-time' ? 'DateTime' : 'String';
    case 'integer':
      return format === 'unix-time' ? 'seconds' : format === 'int64' ? 'Decimal' : 'Int';
    case 'number':
      return format === 'float' || format === 'double' ? 'Float' : 'Decimal';
    case 'boolean':
      return 'Boolean';
    default:
      return undefined;
  }
}
