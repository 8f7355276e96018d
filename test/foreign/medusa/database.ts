import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PostgresServer, postgresUser } from '../../servers/postgres.ts';
import { type Company, type ForeignSystem, startCompany } from '../company.ts';
import { backend as customers } from './customers/backend.ts';
import { prepare } from './expected.ts';
import { backend as inventory } from './inventory/backend.ts';
import { backend as orders } from './orders/backend.ts';

/** A shop of Medusa's: its database and a gateway over it. */
export interface Medusa extends Company {
  /** What the database says: the values of the column `value`. */
  expect(sql: string): Promise<unknown[]>;
  /** What the subgraphs' logs would say. */
  readonly noted: readonly string[];
}

/** Starts PostgreSQL with Medusa's schema and records, and the gateway over it and over what `beside` opens. */
export async function startMedusa(beside: (expect: Medusa['expect']) => Promise<ForeignSystem>): Promise<Medusa> {
  const server = await PostgresServer.start();
  for (const file of ['medusa.sql', 'medusa-data.sql'])
    await server.run(readFileSync(resolve(import.meta.dirname, '..', file), 'utf8'));
  await server.run(prepare);
  const { user, password } = postgresUser;
  const systems = Object.entries({ customers, orders, inventory }).map(([name, backend]) => {
    const prefix = name.toUpperCase();
    const environment = {
      [`${prefix}_URL`]: server.url,
      [`${prefix}_USER`]: user,
      [`${prefix}_PASSWORD`]: password,
    };
    return { name, backend, environment };
  });
  const noted: string[] = [];
  const expect = async (sql: string) => (await server.run(sql)).map(({ value }) => value);
  try {
    const company = await startCompany([...systems, await beside(expect)], noted);
    return {
      ...company,
      noted,
      expect,
      async close() {
        await company.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
