import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { toConnection } from './connection.ts';
import { entityKeys, isPlainList, nodeType } from './contract.ts';
import type {
  Backend,
  FieldMapping,
  Note,
  RelationMapping,
  TotalsMapping,
  TypeMapping,
  ValueMapping,
} from './forms.ts';
import type { ColumnType, Raw, Row } from './source.ts';
import { plain } from './values.ts';

/** A type of the contract together with how it stands in the system: what the resolvers are derived from. */
export interface RecordType {
  readonly name: string;
  /** What the source calls its records; the type's own name. */
  readonly collection: string;
  readonly records: NonNullable<TypeMapping['records']>;
  readonly hides: boolean;
  /** The fields of the key, whether they are part of the contract or only tell records apart. */
  readonly key: readonly KeyPart[];
  /** For each `@key` by which references are resolved: its fields. */
  readonly references: readonly (readonly KeyPart[])[];
  readonly fields: ReadonlyMap<string, Field>;
  /** Fields whose mapping is wrong, as a fault of the model says. */
  readonly faulty: ReadonlySet<string>;
  readonly filters: NonNullable<TypeMapping['filters']>;
  /** What the contract offers and the system can't do: see `TypeMapping`. */
  readonly lacks: ReadonlySet<string>;
  readonly order: Required<TypeMapping>['order'];
  /** Set where it says what records of another type come to. */
  readonly totals: TotalsMapping | undefined;
}

/** One field of a key, with the columns that hold it. */
export interface KeyPart {
  readonly field: string;
  readonly columns: readonly string[];
  /** The values of the columns, in their order, for a value of the field; undefined for one that names no record. */
  write(value: unknown): readonly Raw[] | undefined;
}

/** The columns of a key, in its order. */
export function columnsOfKey(key: readonly KeyPart[]): readonly string[] {
  return key.flatMap(({ columns }) => columns);
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
  /** Present where the field's value tells those of its columns, so that records are found by it. */
  readonly writeKey: KeyPart['write'] | undefined;
  /** Present where sums can be read as the field is. */
  readonly sum: ValueMapping['sum'];
  /** Whether the field is the same whatever its arguments: there is nothing. */
  readonly isEmpty?: true;
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
  /** Types that need no mapping: read out of a record of another type, such as Money, or such that `nothing()` leads there. */
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
    const key: KeyPart[] = [];
    const fields = new Map<string, Field>();
    const faulty = new Set<string>();
    for (const [field, form] of Object.entries(mapping.key ?? {})) {
      const inContract = contract[field];
      const leaf = inContract && isLeafType(getNamedType(inContract.type)) ? inContract.type : undefined;
      const mapping = toValue(form, leaf);
      const value = mapping && valueField(mapping);
      const part = value && keyPart(field, value);
      if (!part) {
        faults.push(
          `backend.ts: ${type.name}.key.${field}: expected the name of one column, or a form that can be written.`,
        );
        faulty.add(field);
        continue;
      }
      key.push(part);
      if (leaf) fields.set(field, value);
    }
    for (const [name, form] of Object.entries(mapping.fields ?? {})) {
      const inContract = contract[name];
      if (!inContract) {
        faults.push(`backend.ts: ${type.name}.${name}: the type has no field of this name in schema.graphql.`);
        continue;
      }
      const field = toField(`${type.name}.${name}`, inContract, form);
      if (field) fields.set(name, field);
      else faulty.add(name);
    }
    // Totals are made of another type's records; of what is lacking nothing is made.
    const isMade = mapping.totals !== undefined || (mapping.lacks && !mapping.key && !mapping.fields);
    if (isMade) values.add(type.name);
    const references = entityKeys(type).filter(({ resolvable }) => resolvable);
    return {
      name: type.name,
      collection: type.name,
      records: mapping.records ?? 'none',
      hides: mapping.hides ?? false,
      key,
      references: references.map(({ fields: names }) =>
        names.map((name) => keyPart(name, fields.get(name))).filter((each) => each !== undefined),
      ),
      fields,
      faulty,
      filters: mapping.filters ?? {},
      lacks: new Set(mapping.lacks),
      order: mapping.order ?? {},
      totals: mapping.totals,
    };
  }

  function toField(place: string, field: GraphQLField<unknown, unknown>, form: FieldMapping): Field | undefined {
    if (typeof form === 'string' && isPlainList(field)) return scalarList(place, field, form);
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
    if (form.kind === 'nothing') {
      leaveOut(field);
      return emptyField(field);
    }
    return relationField(place, field, form);
  }

  /** A type that `nothing()` leads to has no records that could be mapped, nor has what it leads to itself. */
  function leaveOut(field: GraphQLField<unknown, unknown>): void {
    const named = getNamedType(field.type);
    const target = nodeType(named) ?? named;
    if (!isObjectType(target) || backend.types[target.name] || values.has(target.name)) return;
    values.add(target.name);
    for (const each of Object.values(target.getFields())) leaveOut(each);
  }

  /** A column that holds a list of plain values. */
  function scalarList(place: string, field: GraphQLField<unknown, unknown>, column: string): ValueField | undefined {
    const named = getNamedType(field.type);
    const item = isEnumType(named) ? undefined : plain(column, named.name);
    if (!item) {
      faults.push(`backend.ts: ${place}: a column can't be read as [${named.name}]; expected list() or derived().`);
      return undefined;
    }
    const nothing = isNonNullType(field.type) ? [] : null;
    return {
      ...uncomparable,
      columns: [column],
      uses: new Map([[column, ['list']]]),
      read(row, note) {
        const items = row[column];
        return Array.isArray(items) ? items.map((each) => item.read({ [column]: each }, note)) : nothing;
      },
    };
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
      return { ...uncomparable, columns: [...uses.keys()], uses, read: readOne };
    }
    return {
      ...uncomparable,
      columns: [form.column],
      uses: new Map<string, readonly ColumnType[] | undefined>([
        [form.column, ['list']],
        ...parts.flatMap(([, part]) =>
          [...part.uses].map(([name, types]) => [`${form.column}.${name}`, types] as const),
        ),
      ]),
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
    sum: mapping.sum,
    writeKey: mapping.split ?? writeOne(mapping),
    read: mapping.read,
  };
}

/** A field that leads to records of which the system has none. */
function emptyField(field: GraphQLField<unknown, unknown>): ValueField {
  const connection = toConnection({ rows: [], hasNext: false, total: 0 }, () => '');
  const value = nodeType(getNamedType(field.type)) ? connection : isPlainList(field) ? [] : null;
  return { ...uncomparable, isEmpty: true, columns: [], uses: new Map(), read: () => value };
}

const uncomparable = { kind: 'value', comparable: undefined, writeKey: undefined, sum: undefined } as const;

/** A key of one column: where several codes stand for one value, the first is the one that the system finds it by. */
function writeOne({ columns, write, onlyRanges }: ValueMapping): KeyPart['write'] | undefined {
  if (!write || columns.length !== 1 || onlyRanges) return undefined;
  return (value) => {
    const [raw] = write(value);
    return raw === undefined ? undefined : [raw];
  };
}

function keyPart(field: string, value: Field | undefined): KeyPart | undefined {
  if (value?.kind !== 'value' || !value.writeKey) return undefined;
  return { field, columns: value.columns, write: value.writeKey };
}

function toValue(form: FieldMapping, type: GraphQLOutputType | undefined): ValueMapping | undefined {
  if (typeof form !== 'string') return form.kind === 'value' ? form : undefined;
  // A key that isn't a field of the contract only serves to tell records apart.
  if (!type) return plain(form, 'String');
  const named = getNamedType(type);
  return isEnumType(named) ? undefined : plain(form, named.name);
}
