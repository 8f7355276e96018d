import { after, before, describe } from 'node:test';
import { missingPostgres, PostgresServer } from '../../../servers/postgres.ts';
import { sourceContract } from '../source-contract.ts';
import { openPostgresDatabase, openPostgresLibrary } from './postgres-library.ts';
import { sqlContract } from './sql-contract.ts';

describe('PostgreSQL', { skip: missingPostgres, timeout: 180_000 }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server?.stop());

  sourceContract('sql on PostgreSQL', () => openPostgresLibrary(server));
  sqlContract('sql on PostgreSQL', () => openPostgresDatabase(server));
});
