import type { CatalogForeignKey } from '../../sources/sql/engine.ts';
import { type Code, quoted } from '../code.ts';
import type { DraftField } from '../draft.ts';
import { capital, fieldName, plural, sentence, unique, wordsOf } from '../names.ts';
import type { TypeNames } from '../type-names.ts';
import type { SeenTable } from './look.ts';

/** A table that becomes a type. */
export interface NamedTable {
  readonly table: SeenTable;
  readonly names: TypeNames;
  /** The names of its fields so far, the fields themselves, and the tables that its mapping joins. */
  readonly taken: Set<string>;
  readonly fields: DraftField[];
  readonly joins: Map<string, Code>;
}

/** A foreign key between two tables of the draft. */
export interface Relation {
  readonly from: NamedTable;
  readonly to: NamedTable;
  readonly key: CatalogForeignKey;
}

/** The foreign keys of a table that lead to tables of the draft, each once. */
export function relationsOf(from: NamedTable, tables: readonly NamedTable[]): Relation[] {
  return targetsOf(from.table, tables).map(({ to, key }) => ({ from, to, key }));
}

/** Where a table's foreign keys lead to within the draft. */
export function targetsOf(from: SeenTable, tables: readonly NamedTable[]): Omit<Relation, 'from'>[] {
  const seen = new Set<string>();
  const place = (key: CatalogForeignKey) => from.columns.findIndex(({ name }) => name === key.columns[0]);
  return from.foreignKeys
    .toSorted((a, b) => place(a) - place(b))
    .flatMap((key) => {
      const to = tables.find(({ table }) => table.name === key.table && (key.schema ?? table.schema) === table.schema);
      const same = `${key.table}:${key.columns.join()}`;
      if (!to || seen.has(same) || key.theirs.length !== key.columns.length) return [];
      seen.add(same);
      return [{ to, key }];
    });
}

/** Whether a table only links two others: its primary key is its two foreign keys, and there is nothing else. */
export function isLink({ columns, primaryKey, foreignKeys }: SeenTable): boolean {
  const linked = foreignKeys.flatMap((key) => key.columns);
  return (
    foreignKeys.length === 2 &&
    columns.length === linked.length &&
    primaryKey.length === linked.length &&
    columns.every(({ name }) => linked.includes(name) && primaryKey.includes(name))
  );
}

/** `customer: one('Customer', …)`. `enforced`: whether the database sees to it that the other record is there. */
export function pointer({ from, to, key }: Relation, enforced: boolean): DraftField {
  const [only] = key.columns;
  const words = key.columns.length === 1 && only !== undefined ? pointerWords(only) : wordsOf(to.names.type);
  const nullable = from.table.columns.some(({ name, nullable }) => key.columns.includes(name) && nullable);
  const on = key.columns.map((column, i) => [key.theirs[i] ?? column, column] as const);
  return {
    name: unique(fieldName(words), from.taken),
    type: `${to.names.type}${nullable || !enforced ? '' : '!'}`,
    description: sentence(words),
    code: { call: 'one', of: [quoted(to.names.type), columnsCode(on)] },
  };
}

/**
 * The way back, such as `orders: many('Order', …)`; `one()` where the foreign key is unique. `called`: the name of the pointer, which
 * is named where several lead there.
 */
export function wayBack({ from, to, key }: Relation, called: string, several: boolean): DraftField {
  const on = key.columns.map((column, i) => [column, key.theirs[i] ?? column] as const);
  const sets = [from.table.primaryKey, ...from.table.unique];
  const single = sets.some((set) => set.length === on.length && set.every((name) => key.columns.includes(name)));
  const by = several ? ['by', ...wordsOf(called)] : [];
  const own =
    from === to && called === 'parent'
      ? ['children']
      : [...(single ? from.names.one : from.names.several).split(' '), ...by];
  const description =
    several || from === to
      ? `${capital(single ? from.names.one : from.names.several)} by ${wordsOf(called).join(' ')}.`
      : `${capital(single ? from.names.one : from.names.several)} of this ${to.names.one}.`;
  return {
    name: unique(fieldName(own), to.taken),
    type: single ? from.names.type : `${from.names.type}Connection!`,
    description,
    code: { call: single ? 'one' : 'many', of: [quoted(from.names.type), columnsCode(on)] },
  };
}

/**
 * A table of links, seen from one side: the records of the other side, and the join that the other side's mapping then has. Where
 * both sides are the same table, a field is called after the column that leads to its records.
 */
export function acrossLink(
  link: SeenTable,
  near: Omit<Relation, 'from'>,
  far: Omit<Relation, 'from'>,
): { field: DraftField; join: { name: string; code: Code } } {
  const own = near.to === far.to ? far.key.columns.flatMap(pointerWords) : [];
  const name = unique(fieldName([...wordsOf(link.name), ...own]), new Set(far.to.joins.keys()));
  const on = far.key.columns.map((column, i) => [column, far.key.theirs[i] ?? column] as const);
  const back = near.key.columns.map((column, i) => [`${name}.${column}`, near.key.theirs[i] ?? column] as const);
  const { type, several } = far.to.names;
  return {
    field: {
      name: unique(fieldName(own.length > 0 ? plural(own) : several.split(' ')), near.to.taken),
      type: `${type}Connection!`,
      description: `${capital(several)} of this ${near.to.names.one}${own.length > 0 ? `: ${plural(own).join(' ')}` : ''}.`,
      code: { call: 'many', of: [quoted(type), entries(back)] },
    },
    join: {
      name,
      code: {
        object: [
          ['table', quoted(link.reference)],
          ['on', entries(on)],
          ['many', 'true'],
        ],
      },
    },
  };
}

/** One name where both sides are called the same, or the other's column and this one's. */
function columnsCode(on: readonly (readonly [string, string])[]): Code {
  const [only] = on;
  return on.length === 1 && only && only[0] === only[1] ? quoted(only[0]) : entries(on);
}

function entries(on: readonly (readonly [string, string])[]): Code {
  return { object: on.map(([theirs, ours]) => [theirs, quoted(ours)]) };
}

/** `customer` for `customer_id`. */
function pointerWords(column: string): readonly string[] {
  const words = wordsOf(column);
  return words.length > 1 && /^(id|no|nr|number|code|key|fk|ref|uuid|sku)$/.test(words.at(-1) ?? '')
    ? words.slice(0, -1)
    : words;
}
