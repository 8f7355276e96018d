import { channel } from 'node:diagnostics_channel';
import type { SQLInputValue } from 'node:sqlite';
import { SqliteDialect, sql } from 'kysely';
import { SystemError } from '../../../errors.ts';
import type { Call } from '../../../source.ts';
import { Thread } from '../../../thread.ts';
import type { Engine, Values } from '../engine.ts';
import { readSqliteCatalog, readSqliteTable } from './catalog.ts';
import { lowerFunction, SqliteReader } from './reader.ts';
import type { Scan } from './scan-worker.ts';

/** Every statement that is run is published here as `{ sql, parameters }`, for whoever counts or traces them. */
const statements = channel('junction:sql');

/**
 * A SQLite file, read by `node:sqlite`. Its calls are synchronous: reads by an indexed key, which take hundredths of a
 * millisecond, run where they are asked for; whatever may scan runs in a thread. The file is opened at the first call, read-only.
 */
export function openSqlite(path: string): Engine {
  let reader: SqliteReader | undefined;
  // A statement that already runs can't be stopped: only its answer is dropped.
  const scans = new Thread<Scan, readonly Values[]>(new URL('./scan-worker.ts', import.meta.url), { path });

  async function run(
    statement: string,
    parameters: readonly unknown[],
    scan: boolean,
    call: Call,
  ): Promise<readonly Values[]> {
    call.signal.throwIfAborted();
    if (statements.hasSubscribers) statements.publish({ sql: statement, parameters });
    const values = parameters.map(bindable);
    try {
      if (!scan) {
        reader ??= new SqliteReader(path, 0);
        return reader.all(statement, values);
      }
    } catch (error) {
      // Somebody is writing. The thread waits for them; this one has other things to do.
      if (!isLocked(error)) throw systemError(error);
    }
    return scans.ask({ sql: statement, parameters: values }, call.signal).catch((error: unknown) => {
      throw call.signal.aborted ? error : systemError(error);
    });
  }

  return {
    kind: 'sqlite',
    dialect: new SqliteDialect({
      database: () => Promise.reject(new Error('statements are compiled, not run, by Kysely')),
    }),
    traits: {
      nulls: 'smallest',
      rowValues: true,
      lower: (text) => sql`${sql.raw(lowerFunction)}(${text})`,
      perParent: 'union all',
      keys: 'in',
    },
    run: (query, { scan }, call) => run(query.sql, query.parameters, scan, call),
    // In the thread, which is thereby started before the first client waits for it.
    describe: (table, call) => readSqliteTable(table, (text, parameters) => run(text, parameters, true, call)),
    catalog: (call) => readSqliteCatalog((text, parameters) => run(text, parameters, true, call)),
    async ping(call) {
      // Reads the schema, so that a file which is gone or is no database is found out; `select 1` would not touch it.
      await run('select 1 from sqlite_schema limit 1', [], false, call);
    },
    async close() {
      reader?.close();
      await scans.close();
    },
  };
}

function bindable(value: unknown): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : (value as SQLInputValue);
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && /database( table)? is locked/.test(error.message);
}

function systemError(error: unknown): SystemError {
  const message = error instanceof Error ? error.message : String(error);
  const gone = isLocked(error) || /unable to open database file|disk I\/O/.test(message);
  return new SystemError(gone ? 'SYSTEM_UNAVAILABLE' : 'SYSTEM_FAILED', 'the database failed', {
    words: message,
    cause: error,
  });
}
