import { after, describe } from 'node:test';
import type { ExecuteValues } from 'mysql2';
import { openMariadb } from '../../../../subgraphs/kit/sources/sql/mariadb/engine.ts';
import { SqlSource } from '../../../../subgraphs/kit/sources/sql/source.ts';
import { MariadbServer, mariadbUser, missingMariadb } from '../../../servers/mariadb.ts';
import { sourceContract } from '../source-contract.ts';
import { newDatabase, openMariadbLibrary } from './mariadb-library.ts';
import { type SqlDatabase, sqlContract } from './sql-contract.ts';

describe('MariaDB', { skip: missingMariadb, timeout: 120_000 }, () => {
  let starting: Promise<MariadbServer> | undefined;
  const started = () => {
    starting ??= MariadbServer.start();
    return starting;
  };

  sourceContract('sql on MariaDB', async () => openMariadbLibrary(await started()));
  sqlContract('sql on MariaDB', async () => openDatabase(await started()));

  after(async () => (await starting)?.stop());
});

async function openDatabase(server: MariadbServer): Promise<SqlDatabase> {
  const name = await newDatabase(server);
  const database = await server.connect(name);
  const url = server.url.replace(/\/library$/, `/${name}`);
  return {
    run: async (statement) => void (await database.query(statement)),
    source: (tables) =>
      new SqlSource(openMariadb({ variable: 'CONTRACT_URL', url, ...mariadbUser }), new Map(Object.entries(tables))),
    async rowsRead({ sql, parameters }) {
      await database.query('flush status');
      await database.execute(sql, parameters as ExecuteValues);
      // Through an index; in order of nothing (`rnd`) only what a union keeps aside is read.
      const [status] = await database.query(
        "show session status where Variable_name like 'Handler_read%' and Variable_name not like '%rnd%'",
      );
      return (status as { Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0);
    },
    close: () => database.end(),
  };
}
