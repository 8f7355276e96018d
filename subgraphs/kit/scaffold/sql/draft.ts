import { quoted } from '../code.ts';
import type { Draft, DraftEnum, DraftType } from '../draft.ts';
import { capital, withArticle } from '../names.ts';
import { type Taken, TypeNamer } from '../type-names.ts';
import { type Columns, columnsOf } from './fields.ts';
import { keyOf } from './keys.ts';
import type { Look, SeenTable } from './look.ts';
import { acrossLink, isLink, type NamedTable, pointer, relationsOf, targetsOf, wayBack } from './relations.ts';

/** A draft of a subgraph over the database that was looked at. `options`: those of the backend's call, `url` among them. */
export function draftOfTables(subgraph: string, look: Look, options: Draft['source']['options'], taken: Taken): Draft {
  const namer = new TypeNamer(subgraph, taken);
  const remarks = [...look.remarks];
  const keys = new Map(look.tables.map((table) => [table, keyOf(table, remarks)]));
  const usable = look.tables.filter((table) => keys.get(table) !== undefined);
  const isReached = ({ foreignKeys }: SeenTable) =>
    foreignKeys.every((key) => usable.some(({ name }) => name === key.table));
  const links = usable.filter((table) => isLink(table) && isReached(table));
  const tables = usable
    .filter((table) => !links.includes(table))
    .map(
      (table): NamedTable => ({
        table,
        names: namer.type(table.name),
        taken: new Set(['id']),
        fields: [],
        joins: new Map(),
      }),
    );
  const relations = tables.flatMap((each) => relationsOf(each, tables));
  const columns = tables.map((each) => {
    const key = keys.get(each.table) ?? [];
    const pointed = relations.filter(({ from }) => from === each).flatMap((relation) => relation.key.columns);
    const read = columnsOf(each, new Set([...(key.length === 1 ? key : []), ...pointed]), look.kind, namer);
    each.fields.push(...read.fields);
    return read;
  });
  // SQLite keeps to foreign keys only where each connection asks it to.
  const pointers = relations.map((relation) => pointer(relation, look.kind !== 'sqlite'));
  for (const [i, { from }] of relations.entries()) from.fields.push(pointers[i] as (typeof pointers)[number]);
  for (const [i, relation] of relations.entries()) {
    const alike = relations.filter(({ from, to }) => from === relation.from && to === relation.to).length;
    relation.to.fields.push(wayBack(relation, pointers[i]?.name ?? '', alike > 1));
  }
  for (const link of links) joinAcross(link, tables);
  return {
    source: { module: 'sql', helpers: [], options, what: engines[look.kind] },
    types: tables.map((each, i) => typeOf(each, keys.get(each.table) ?? [], columns[i] as Columns)),
    enums: columns.flatMap(({ enums }): readonly DraftEnum[] => enums),
    remarks: [...remarks, ...unreadRemarks(columns)],
  };
}

const engines = {
  sqlite: 'a SQLite database',
  postgres: 'a PostgreSQL database',
  mariadb: 'a MariaDB or MySQL database',
};

/** A line for each type of column that was left out, however many there are of it. */
function unreadRemarks(columns: readonly Columns[]): string[] {
  const byType = Map.groupBy(
    columns.flatMap(({ unread }) => unread),
    ({ holds }) => holds,
  );
  return [...byType].map(([type, each]) => {
    const places = each.map(({ place }) => place).join(', ');
    const remedy = /json/i.test(type) ? '; parts of it can be mapped by paths, such as data.color' : '';
    return `no fields for ${type}, which nothing in a contract fits${remedy}: ${places}.`;
  });
}

/** Gives both sides of a table of links the records of the other side. */
function joinAcross(link: SeenTable, tables: readonly NamedTable[]): void {
  const [first, second] = targetsOf(link, tables);
  if (!first || !second) return;
  for (const [near, far] of [
    [first, second],
    [second, first],
  ] as const) {
    const { field, join } = acrossLink(link, near, far);
    near.to.fields.push(field);
    far.to.joins.set(join.name, join.code);
  }
}

function typeOf(
  { table, names, fields, joins }: NamedTable,
  key: readonly string[],
  { filters, sorts }: Columns,
): DraftType {
  const [only] = key;
  return {
    name: names.type,
    one: names.one,
    several: names.several,
    description: table.comment?.trim() || `${capital(withArticle(names.one))}.`,
    lookUp: names.lookUp,
    list: names.list,
    counts: true,
    mapping: [
      ['table', quoted(table.reference)],
      ...(joins.size > 0 ? [['joins', { object: [...joins], open: true }] as const] : []),
    ],
    key: key.length === 1 && only !== undefined ? quoted(only) : { call: 'composed', of: [{ list: key.map(quoted) }] },
    fields,
    filters,
    sorts,
  };
}
