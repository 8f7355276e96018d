import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SqlSource } from '../../../../subgraphs/kit/sources/sql/source.ts';
import { openSqlite } from '../../../../subgraphs/kit/sources/sql/sqlite/engine.ts';
import { type SqlDatabase, sqlContract } from './sql-contract.ts';

sqlContract('sql on SQLite', openDatabase);

async function openDatabase(): Promise<SqlDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  const path = join(folder, 'contract.db');
  const database = new DatabaseSync(path);
  return {
    async run(statement) {
      database.exec(statement);
    },
    source: (tables) => new SqlSource(openSqlite(path), new Map(Object.entries(tables))),
    async rowsRead({ sql, parameters }) {
      // SQLite counts nothing, but calls a function for each row that it meets behind the search in an index.
      let rows = 0;
      const counting = new DatabaseSync(path, { readOnly: true });
      counting.function('is_met', (_id) => {
        rows += 1;
        return 1;
      });
      counting.exec('create temp view "big" as select * from main."big" where is_met("id")');
      counting.prepare(sql).all(...(parameters as SQLInputValue[]));
      counting.close();
      return rows;
    },
    async close() {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
}
