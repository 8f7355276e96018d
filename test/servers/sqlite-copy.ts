import { DatabaseSync } from 'node:sqlite';

/** How another database spells what a SQLite file holds. */
export interface CopyDialect {
  readonly text: string;
  readonly integer: string;
  /** Text as a literal. */
  literal(text: string): string;
}

export const postgresDialect: CopyDialect = {
  text: 'text',
  integer: 'bigint',
  literal: (text) => `'${text.replaceAll("'", "''")}'`,
};

/** Case matters, as in the file. */
export const mariadbDialect: CopyDialect = {
  text: 'varchar(190) character set utf8mb4 collate utf8mb4_bin',
  integer: 'bigint',
  literal: (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
};

/** Rows in one statement. */
const rowsAtOnce = 1000;

/**
 * Copies all tables of a SQLite file, with their rows, keys and indexes, by statements that `run` sends to a database whose
 * session takes names in double quotes.
 */
export async function copySqlite(
  path: string,
  dialect: CopyDialect,
  run: (statement: string) => Promise<unknown>,
): Promise<void> {
  const file = new DatabaseSync(path, { readOnly: true });
  try {
    for (const table of namesIn(
      file,
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
    )) {
      await run(definition(file, table, dialect));
      for (const statement of inserts(file, table, dialect)) await run(statement);
      for (const statement of indexes(file, table)) await run(statement);
    }
  } finally {
    file.close();
  }
}

function definition(file: DatabaseSync, table: string, { text, integer }: CopyDialect): string {
  const columns = file.prepare('select name, type, "notnull" as "notNull", pk from pragma_table_info(?)').all(table);
  const key = columns.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a.pk) - Number(b.pk));
  const lines = columns.map(({ name, type, notNull }) => {
    return `"${name}" ${String(type).toLowerCase() === 'integer' ? integer : text}${notNull ? ' not null' : ''}`;
  });
  if (key.length > 0) lines.push(`primary key (${key.map(({ name }) => `"${name}"`).join()})`);
  return `create table "${table}" (${lines.join()})`;
}

function* inserts(file: DatabaseSync, table: string, { literal }: CopyDialect): Generator<string> {
  const statement = file.prepare(`select * from "${table}"`);
  statement.setReturnArrays(true);
  let rows: string[] = [];
  const flush = () => `insert into "${table}" values ${rows.splice(0).join()}`;
  for (const row of statement.iterate() as Iterable<unknown>) {
    const values = (row as unknown[]).map((value) => (typeof value === 'string' ? literal(value) : String(value)));
    rows.push(`(${values.join()})`);
    if (rows.length === rowsAtOnce) yield flush();
  }
  if (rows.length > 0) yield flush();
  rows = [];
}

function indexes(file: DatabaseSync, table: string): string[] {
  const names = file.prepare("select name from pragma_index_list(?) where origin = 'c'").all(table);
  return names.map(({ name }) => {
    const columns = file.prepare('select name from pragma_index_info(?) order by seqno').all(String(name));
    return `create index "${name}" on "${table}" (${columns.map((column) => `"${column.name}"`).join()})`;
  });
}

function namesIn(file: DatabaseSync, query: string): string[] {
  return file
    .prepare(query)
    .all()
    .map(({ name }) => String(name));
}
