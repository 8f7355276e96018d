import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { entityKeys, isPlainList, nodeType } from './contract.ts';
import type { Backend, FieldMapping, Note, RelationMapping, TypeMapping, ValueMapping } from './mapping.ts';
import type { ColumnType, Row } from './source.ts';
import { plain } from './values.ts';

/** A type of the contract together with how it stands in the system: what the resolvers are derived from. */
export interface RecordType {
  readonly name: string;
  /** What the source calls its records; the type's own name. */
  readonly collection: string;
  readonly records: NonNullable<TypeMapping['records']>;
  /** The key's columns, with the field and its mapping where the key is part of the contract. */
  readonly key: readonly KeyColumn[];
  /** For each `@key` by which references are resolved: its fields. */
  readonly references: readonly (readonly KeyColumn[])[];
  readonly fields: ReadonlyMap<string, Field>;
  readonly filters: Readonly<Record<string, string>>;
  readonly order: Required<TypeMapping>['order'];
}

/** One column of a key. */
export interface KeyColumn {
  readonly field: string;
  readonly column: string;
  readonly mapping: ValueMapping;
}

/** A mapped field. */
export type Field = ValueField | RelationField;

/** A field that is read from its own record. */
export interface ValueField {
  readonly kind: 'value';
  readonly columns: readonly string[];
  /** The columns with the types that each may have, those inside a list as `list.column`: for the start-up check. */
  readonly uses: ReadonlyMap<string, readonly ColumnType[] | undefined>;
  /** Present where the field is one value of one column, which can be compared with. */
  readonly comparable: ValueMapping | undefined;
  read(row: Row, note: Note): unknown;
}

/** A field that leads to other records of the same system. */
export interface RelationField {
  readonly kind: 'one' | 'list' | 'connection';
  readonly target: string;
  /** The other's columns and, in the same order, this record's. */
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
  readonly mapping: RelationMapping;
}

/** The model of a subgraph, and the faults that were found while it was made. */
export interface Model {
  readonly types: ReadonlyMap<string, RecordType>;
  readonly faults: readonly string[];
  /** Types that are read out of a record of another type, such as Money. */
  readonly values: ReadonlySet<string>;
}

/** Joins the contract with the mapping. Finds every field of the mapping that the contract doesn't have, and all that don't fit. */
export function buildModel(schema: GraphQLSchema, backend: Backend): Model {
  const faults: string[] = [];
  const values = new Set<string>();
  const types = new Map<string, RecordType>();
  for (const [name, mapping] of Object.entries(backend.types)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) {
      faults.push(`backend.ts: ${name}: schema.graphql has no object type of this name.`);
      continue;
    }
    types.set(name, recordType(type, mapping));
  }
  return { types, faults, values };

  function recordType(type: GraphQLObjectType, mapping: TypeMapping): RecordType {
    const contract = type.getFields();
    const key: KeyColumn[] = [];
    const fields = new Map<string, Field>();
    for (const [field, form] of Object.entries(mapping.key ?? {})) {
      const inContract = contract[field];
      const leaf = inContract && isLeafType(getNamedType(inContract.type)) ? inContract.type : undefined;
      const value = toValue(form, leaf);
      if (value?.columns.length !== 1 || !value.write) {
        faults.push(
          `backend.ts: ${type.name}.key.${field}: expected the name of one column, or a form that can be written.`,
        );
        continue;
      }
      key.push({ field, column: value.columns[0] as string, mapping: value });
      if (leaf) fields.set(field, valueField(value));
    }
    for (const [name, form] of Object.entries(mapping.fields ?? {})) {
      const inContract = contract[name];
      if (!inContract) {
        faults.push(`backend.ts: ${type.name}.${name}: the type has no field of this name in schema.graphql.`);
        continue;
      }
      const field = toField(`${type.name}.${name}`, inContract, form);
      if (field) fields.set(name, field);
    }
    const references = entityKeys(type).filter(({ resolvable }) => resolvable);
    return {
      name: type.name,
      collection: type.name,
      records: mapping.records ?? 'none',
      key,
      references: references.map(({ fields: names }) =>
        names.map((name) => keyColumn(name, fields)).filter((each) => each !== undefined),
      ),
      fields,
      filters: mapping.filters ?? {},
      order: mapping.order ?? {},
    };
  }

  function toField(place: string, field: GraphQLField<unknown, unknown>, form: FieldMapping): Field | undefined {
    if (typeof form === 'string' || form.kind === 'value') {
      const value = toValue(form, field.type);
      const named = getNamedType(field.type);
      if (!value)
        faults.push(`backend.ts: ${place}: a column can't be read as ${named.name}; expected a form such as oneOf().`);
      else if (isObjectType(named)) values.add(named.name);
      const strange = isEnumType(named) ? (value?.values ?? []).filter((each) => !named.getValue(each)) : [];
      for (const each of new Set(strange)) faults.push(`backend.ts: ${place}: the enum ${named.name} has no ${each}.`);
      return value && valueField(value);
    }
    if (form.kind === 'object' || form.kind === 'list') return nested(place, field, form);
    return relationField(place, field, form);
  }

  function relationField(place: string, field: GraphQLField<unknown, unknown>, mapping: RelationMapping) {
    const named = getNamedType(field.type);
    const target = nodeType(named) ?? named;
    const kind = nodeType(named) ? 'connection' : isPlainList(field) ? 'list' : 'one';
    if (target.name !== mapping.type || (kind === 'one') !== (mapping.kind === 'one')) {
      faults.push(
        `backend.ts: ${place}: is ${mapping.kind}('${mapping.type}'), but schema.graphql has ${String(field.type)}.`,
      );
      return undefined;
    }
    if (!backend.types[mapping.type]) {
      faults.push(`backend.ts: ${place}: leads to ${mapping.type}, which has no mapping.`);
      return undefined;
    }
    return {
      kind,
      target: target.name,
      theirs: Object.keys(mapping.on),
      ours: Object.values(mapping.on),
      mapping,
    } as const;
  }

  /** A value object or a list of them: read at once, since all of it lies in the record. */
  function nested(
    place: string,
    field: GraphQLField<unknown, unknown>,
    form: Extract<FieldMapping, { kind: 'object' | 'list' }>,
  ): ValueField | undefined {
    const named = getNamedType(field.type);
    if (!isObjectType(named) || isPlainList(field) !== (form.kind === 'list')) {
      faults.push(`backend.ts: ${place}: is ${form.kind}({…}), but schema.graphql has ${String(field.type)}.`);
      return undefined;
    }
    values.add(named.name);
    const parts: [string, ValueField][] = [];
    for (const [name, inContract] of Object.entries(named.getFields())) {
      const part = form.fields[name];
      const read = part === undefined ? undefined : toField(`${place}.${name}`, inContract, part);
      if (read?.kind === 'value') parts.push([name, read]);
      else if (part === undefined) faults.push(`backend.ts: ${place}: ${named.name}.${name} is not mapped.`);
      else if (read) faults.push(`backend.ts: ${place}.${name}: a value object can't lead to other records.`);
    }
    const readOne = (row: Row, note: Note) =>
      Object.fromEntries(parts.map(([name, part]) => [name, part.read(row, note)]));
    if (form.kind === 'object') {
      const uses = new Map(parts.flatMap(([, part]) => [...part.uses]));
      return { kind: 'value', columns: [...uses.keys()], uses, comparable: undefined, read: readOne };
    }
    return {
      kind: 'value',
      columns: [form.column],
      uses: new Map<string, readonly ColumnType[] | undefined>([
        [form.column, ['list']],
        ...parts.flatMap(([, part]) =>
          [...part.uses].map(([name, types]) => [`${form.column}.${name}`, types] as const),
        ),
      ]),
      comparable: undefined,
      read(row, note) {
        const items = row[form.column];
        return Array.isArray(items) ? items.map((item: Row) => readOne(item, note)) : [];
      },
    };
  }
}

function valueField(mapping: ValueMapping): ValueField {
  return {
    kind: 'value',
    columns: mapping.columns,
    uses: new Map(mapping.columns.map((column) => [column, mapping.accepts?.[column]])),
    comparable: mapping.write && mapping.columns.length === 1 ? mapping : undefined,
    read: mapping.read,
  };
}

function keyColumn(name: string, fields: ReadonlyMap<string, Field>): KeyColumn | undefined {
  const field = fields.get(name);
  const mapping = field?.kind === 'value' ? field.comparable : undefined;
  return mapping && { field: name, column: mapping.columns[0] as string, mapping };
}

function toValue(form: FieldMapping, type: GraphQLOutputType | undefined): ValueMapping | undefined {
  if (typeof form !== 'string') return form.kind === 'value' ? form : undefined;
  // A key that isn't a field of the contract only serves to tell records apart.
  if (!type) return plain(form, 'String');
  const named = getNamedType(type);
  return isEnumType(named) ? undefined : plain(form, named.name);
}
