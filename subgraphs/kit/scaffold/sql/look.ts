import { Kysely, type RawBuilder, sql } from 'kysely';
import { StartupError } from '../../errors.ts';
import type { Call } from '../../source.ts';
import type { CatalogColumn, CatalogTable, Engine, EngineTable, Values } from '../../sources/sql/engine.ts';

/** What was seen of a database: the tables that a draft is made of. */
export interface Look {
  readonly kind: Engine['kind'];
  readonly tables: readonly SeenTable[];
  /** What was left out. */
  readonly remarks: readonly string[];
}

/** A table with what its catalogue entry doesn't tell. */
export interface SeenTable extends CatalogTable {
  /** How a mapping names it. */
  readonly reference: string;
  /** Columns by which rows are found without a scan. */
  readonly leads: ReadonlySet<string>;
  /** Column sets that no two rows share. */
  readonly unique: EngineTable['unique'];
  /** Where there are none: a column that no two rows share as they are now. */
  readonly guessed: string | undefined;
  /** Values of some of its rows, by column: what a column holds is not always what it is declared as. */
  readonly samples: ReadonlyMap<string, readonly unknown[]>;
}

/** More would be no draft that a person reads. */
const mostTables = 30;
const sampleRows = 200;

/** Told the name of the table that is looked at, its number from 1, and how many there are. */
export type OnTable = (table: string, at: number, of: number) => void;

/**
 * Looks at a database. `names`: the tables to take; by default those with a primary key. Errors: StartupError that names each table
 * that isn't there; SystemError.
 */
export async function lookAt(
  engine: Engine,
  names: readonly string[] | undefined,
  call: Call,
  onTable: OnTable = () => {},
): Promise<Look> {
  const catalog = await engine.catalog(call);
  const remarks: string[] = [];
  const chosen = names ? chosenByName(catalog, names) : chosenByDefault(catalog, remarks);
  if (chosen.length === 0) throw new StartupError(['the database has no table with a primary key that we may read.']);
  const tables: SeenTable[] = [];
  for (const [at, table] of chosen.entries()) {
    onTable(table.name, at + 1, chosen.length);
    tables.push(await see(engine, catalog, table, call));
  }
  return { kind: engine.kind, tables, remarks };
}

/** Whether a column holds bytes or shapes, which no field of a contract can be. */
export function isUnreadable({ engineType }: CatalogColumn): boolean {
  return /blob|bytea|binary|geometry|geography|point|polygon|linestring|raster|vector|^(line|lseg|box|path|circle|bit)\b/i.test(
    engineType,
  );
}

function chosenByName(catalog: readonly CatalogTable[], names: readonly string[]): CatalogTable[] {
  const found = names.map((name) => catalog.find((table) => isNamed(table, name)));
  const missing = names.filter((_name, i) => found[i] === undefined);
  if (missing.length > 0) {
    const known = namesOf(catalog.slice(0, 50));
    throw new StartupError(
      missing.map((name) => `there is no table or view "${name}" that we may read. There are ${known || 'none'}.`),
    );
  }
  return [...new Set(found.filter((table) => table !== undefined))];
}

function chosenByDefault(catalog: readonly CatalogTable[], remarks: string[]): CatalogTable[] {
  const tables = catalog.filter(({ kind, primaryKey }) => kind === 'table' && primaryKey.length > 0);
  const without = catalog.filter((table) => !tables.includes(table));
  if (without.length > 0) {
    remarks.push(`left out, since they are views or have no primary key: ${namesOf(without)}. Take one by --tables.`);
  }
  if (tables.length <= mostTables) return tables;
  // Those that are joined most are what the system is about.
  const joined = (table: CatalogTable) =>
    table.foreignKeys.length +
    tables.flatMap(({ foreignKeys }) => foreignKeys).filter((key) => key.table === table.name).length;
  const kept = tables.toSorted((a, b) => joined(b) - joined(a)).slice(0, mostTables);
  const left = tables.filter((table) => !kept.includes(table));
  remarks.push(`left out, since ${mostTables} tables are enough to begin with: ${namesOf(left)}. Choose by --tables.`);
  return tables.filter((table) => kept.includes(table));
}

async function see(
  engine: Engine,
  catalog: readonly CatalogTable[],
  table: CatalogTable,
  call: Call,
): Promise<SeenTable> {
  const reference =
    catalog.filter(({ name }) => name === table.name).length === 1
      ? await shortest(engine, table, call)
      : fullName(table);
  const described = await engine.describe(reference, call);
  const names = table.columns.filter((column) => !isUnreadable(column)).map(({ name }) => name);
  const path = table.schema === undefined ? [table.name] : [table.schema, table.name];
  const columns = sql.join(names.map((name) => sql.id(name)));
  const from = sql.id(...path);
  const rows = await read(
    engine,
    sql`select ${names.length > 0 ? columns : sql`1`} from ${from} limit ${sql.lit(sampleRows)}`,
    call,
  );
  const hasKey = table.primaryKey.length > 0 || (described?.unique.length ?? 0) > 0;
  return {
    ...table,
    reference,
    leads: new Set(described?.columns.filter(({ leads }) => leads).map(({ name }) => name)),
    unique: described?.unique ?? [],
    guessed: hasKey ? undefined : await guess(engine, from, names, call),
    samples: new Map(
      names.map((name, i) => [
        name,
        rows.map((row) => row[i]).filter((value) => value !== null && value !== undefined),
      ]),
    ),
  };
}

/** The first column by whose name it may be a key and whose values are all there and all different. */
async function guess(
  engine: Engine,
  from: RawBuilder<unknown>,
  names: readonly string[],
  call: Call,
): Promise<string | undefined> {
  const likely = [/^id$/i, /(_id|Id|_no|_code)$/].flatMap((pattern) => names.filter((name) => pattern.test(name)));
  for (const name of new Set([...likely, ...names.slice(0, 1)])) {
    const column = sql.id(name);
    const shared = sql`select 1 from ${from} group by ${column} having count(*) > 1 or ${column} is null limit 1`;
    if ((await read(engine, shared, call)).length === 0) return name;
  }
  return undefined;
}

function read(engine: Engine, query: RawBuilder<unknown>, call: Call): Promise<readonly Values[]> {
  return engine.run(query.compile(new Kysely<unknown>({ dialect: engine.dialect })), { scan: true }, call);
}

/** The table's own name where that leads to it, and with its schema where it doesn't. */
async function shortest(engine: Engine, table: CatalogTable, call: Call): Promise<string> {
  return (await engine.describe(table.name, call)) ? table.name : fullName(table);
}

function isNamed(table: CatalogTable, name: string): boolean {
  return name === table.name || name === `${table.schema}.${table.name}`;
}

function fullName({ schema, name }: CatalogTable): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

/** Names for people: the schema says nothing where it is the same for all. */
function namesOf(tables: readonly CatalogTable[]): string {
  const schemas = new Set(tables.map(({ schema }) => schema));
  return tables.map((table) => (schemas.size > 1 ? fullName(table) : table.name)).join(', ');
}
