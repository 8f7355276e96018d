import { channel } from 'node:diagnostics_channel';
import { SqliteDialect, sql } from 'kysely';
import { SystemError } from '../../errors.ts';
import type { ColumnType } from '../../source.ts';
import type { Bindable, Engine, EngineColumn, Values } from './engine.ts';
import { ScanThread } from './scan-thread.ts';
import { SqliteReader } from './sqlite-reader.ts';

/** Every statement that is run is published here as `{ sql, parameters }`, for whoever counts or traces them. */
const statements = channel('junction:sql');

/**
 * A SQLite file, read by `node:sqlite`. Its calls are synchronous: reads by an indexed key, which take hundredths of a
 * millisecond, run where they are asked for; whatever may scan runs in a thread. The file is opened at the first call, read-only.
 */
export function openSqlite(path: string): Engine {
  let reader: SqliteReader | undefined;
  const scans = new ScanThread(path);
  return {
    kind: 'sqlite',
    dialect: new SqliteDialect({
      database: () => Promise.reject(new Error('statements are compiled, not run, by Kysely')),
    }),
    nulls: 'smallest',
    async run(query, { scan }, call) {
      call.signal.throwIfAborted();
      if (statements.hasSubscribers) statements.publish({ sql: query.sql, parameters: query.parameters });
      const parameters = query.parameters.map(bindable);
      try {
        if (!scan) {
          reader ??= new SqliteReader(path, 0);
          return reader.all(query.sql, parameters);
        }
      } catch (error) {
        // Somebody is writing. The thread waits for them; this one has other things to do.
        if (!isLocked(error)) throw systemError(error);
      }
      return scans.run(query.sql, parameters, call.signal).catch((error: unknown) => {
        throw call.signal.aborted ? error : systemError(error);
      });
    },
    columns: (table) => ({
      query: sql`select name, type, "notnull", pk, pk = 1 or exists (
        select 1 from pragma_index_list(${table}) as list, pragma_index_info(list.name) as info
        where info.seqno = 0 and list.partial = 0 and info.name = col.name) from pragma_table_xinfo(${table}) as col`,
      read: (rows) => rows.map(column),
    }),
    async close() {
      reader?.close();
      await scans.close();
    },
  };
}

function bindable(value: unknown): Bindable {
  return typeof value === 'boolean' ? Number(value) : (value as Bindable);
}

function column(row: Values): EngineColumn {
  const [name, type, notNull, primaryKey, leads] = row;
  return {
    name: String(name),
    type: columnType(String(type)),
    nullable: !notNull && !primaryKey,
    leads: Boolean(leads),
  };
}

/** The type in a column's declaration (SQLite, "Datatypes In SQLite", 3.1). SQLite holds decimals as floats, so it has none. */
function columnType(declared: string): ColumnType {
  const type = declared.toUpperCase();
  if (type === '') return 'unknown';
  if (type.includes('INT')) return 'integer';
  if (type.includes('CHAR') || type.includes('TEXT') || type.includes('CLOB')) return 'text';
  if (type.includes('BOOL')) return 'boolean';
  if (type.includes('DATETIME') || type.includes('TIMESTAMP')) return 'datetime';
  if (type.includes('DATE')) return 'date';
  return 'float';
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && /database( table)? is locked/.test(error.message);
}

function systemError(error: unknown): SystemError {
  const message = error instanceof Error ? error.message : String(error);
  const gone = isLocked(error) || /unable to open database file|disk I\/O/.test(message);
  return new SystemError(gone ? 'SYSTEM_UNAVAILABLE' : 'SYSTEM_FAILED', message, { cause: error });
}
