import { basename } from 'node:path';
import type { SQLInputValue } from 'node:sqlite';
import { SqliteDialect, sql } from 'kysely';
import { SystemError } from '../../../errors.ts';
import type { Call } from '../../../source.ts';
import { Thread } from '../../../thread.ts';
import type { Engine, Statement, Values } from '../engine.ts';
import { Watch } from '../watch.ts';
import { readSqliteCatalog, readSqliteTable } from './catalog.ts';
import { lowerFunction, SqliteReader } from './reader.ts';
import type { Scan } from './scan-worker.ts';

/**
 * A SQLite file, read by `node:sqlite`. Its calls are synchronous: reads by an indexed key, which take hundredths of a
 * millisecond, run where they are asked for; whatever may scan runs in a thread. The file is opened at the first call, read-only.
 */
export function openSqlite(path: string): Engine {
  let reader: SqliteReader | undefined;
  // A statement that already runs can't be stopped: only its answer is dropped.
  const scans = new Thread<Scan, readonly Values[]>(new URL('./scan-worker.ts', import.meta.url), { path });

  const place = { 'db.system.name': 'sqlite', 'db.namespace': basename(path) } as const;

  async function run(statement: Statement, scan: boolean, call: Call): Promise<readonly Values[]> {
    const { signal } = call;
    signal.throwIfAborted();
    const toError = (error: unknown) => (signal.aborted ? error : systemError(error));
    const watch = new Watch(statement, call, place, toError);
    watch.begin();
    try {
      watch.sent();
      const rows = await read(statement, scan, signal);
      watch.end();
      return rows;
    } catch (error) {
      watch.end(error);
      throw toError(error);
    }
  }

  function read({ sql, parameters }: Statement, scan: boolean, signal: AbortSignal) {
    const values = parameters.map(bindable);
    try {
      if (!scan) {
        reader ??= new SqliteReader(path, 0);
        return reader.all(sql, values);
      }
    } catch (error) {
      // Somebody is writing. The thread waits for them; this one has other things to do.
      if (!isLocked(error)) throw error;
    }
    return scans.ask({ sql, parameters: values }, signal);
  }

  const look = (call: Call) => (sql: string, parameters: readonly unknown[]) => run({ sql, parameters }, true, call);

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
    run: (query, { scan }, call) => run(query, scan, call),
    // In the thread, which is thereby started before the first client waits for it.
    describe: (table, call) => readSqliteTable(table, look(call)),
    catalog: (call) => readSqliteCatalog(look(call)),
    async ping(call) {
      // Reads the schema, so that a file which is gone or is no database is found out; `select 1` would not touch it.
      await run({ sql: 'select 1 from sqlite_schema limit 1', parameters: [] }, false, call);
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
