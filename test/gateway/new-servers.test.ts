import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, test } from 'node:test';
import { MariadbServer, mariadbUser, missingMariadb } from '../servers/mariadb.ts';
import { missingPostgres, PostgresServer, postgresUser } from '../servers/postgres.ts';
import { Checkout, type Ran } from './new-checkout.ts';

const checkout = new Checkout();
after(() => checkout.remove());
const untouched = checkout.read('supergraph.yaml');

/** Drafts a subgraph with a password in the URL, which must be nowhere afterwards, and checks the draft as it is. */
async function drafted(
  name: string,
  server: string,
  { user, password }: { user: string; password: string },
): Promise<[Ran, Ran]> {
  const url = server.replace('//', `//${user}:${encodeURIComponent(password)}@`);
  const made = await checkout.run(['new', name, '--from', url]);
  assert.equal(made.code, 0, made.stderr);
  const files = ['schema.graphql', 'backend.ts'].map((file) => checkout.read(`subgraphs/${name}/${file}`));
  for (const text of [made.stdout, checkout.read('supergraph.yaml'), ...files]) {
    assert.ok(!text.includes(password) && !text.includes(encodeURIComponent(password)), 'the password is written');
  }
  const prefix = name.toUpperCase();
  assert.ok(
    made.stdout.includes(`${prefix}_URL='${server}' ${prefix}_USER=${user} ${prefix}_PASSWORD=… npm start`) ||
      made.stdout.includes(`${prefix}_URL=${server} ${prefix}_USER=${user} ${prefix}_PASSWORD=… npm start`),
    made.stdout,
  );
  const style = await checkout.biome(`subgraphs/${name}`);
  assert.equal(style.code, 0, style.stderr + style.stdout);
  const settings = { [`${prefix}_URL`]: server, [`${prefix}_USER`]: user, [`${prefix}_PASSWORD`]: password };
  const checked = await checkout.run(['check', name], settings);
  checkout.write('supergraph.yaml', untouched);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  return [made, checked];
}

test('a shop that is not ours on PostgreSQL: 30 of its tables, drafted and right as they are', {
  skip: missingPostgres,
}, async (t) => {
  const server = await PostgresServer.start();
  t.after(() => server.stop());
  for (const file of ['medusa.sql', 'medusa-data.sql']) {
    await server.run(readFileSync(resolve(import.meta.dirname, '../foreign', file), 'utf8'));
  }
  await server.run('analyze');
  const [made, checked] = await drafted('medusa', server.url, postgresUser);
  assert.match(made.stdout, /^medusa is drafted from a PostgreSQL database: 29 types with \d+ fields\.$/m);
  assert.match(made.stdout, /left out, since 30 tables are enough to begin with: order_fulfillment, /);
  assert.match(made.stdout, /no fields for jsonb, .*such as data\.color: MedusaCustomer\.metadata, /);
  assert.match(checked.stdout, /✓ MedusaOrder +3 records/);
  const schema = checkout.read('subgraphs/medusa/schema.graphql');
  assert.match(schema, /enum MedusaOrderStatus \{\n {2}"Held as \\"pending\\"\."\n {2}PENDING\n/);
});

test('PostgreSQL: days without end, a code of any name, a table that links a type to itself', {
  skip: missingPostgres,
}, async (t) => {
  const server = await PostgresServer.start();
  t.after(() => server.stop());
  await server.run(`
    create type kind as enum ('new', '__proto__');
    create table part (id integer primary key, kind kind not null, until date not null);
    create table mounting (part_id integer references part, carrier_id integer references part, primary key (part_id, carrier_id));
    insert into part values (1, 'new', '2026-01-02'), (2, '__proto__', 'infinity');
    insert into mounting values (1, 2);`);
  const [made, checked] = await drafted('stock', server.url, postgresUser);
  assert.doesNotMatch(made.stdout, /no fields/);
  assert.match(checked.stdout, /✓ Part +2 records/);
  const backend = checkout.read('subgraphs/stock/backend.ts');
  assert.match(
    backend,
    /kind: oneOf\('kind', \{ new: 'NEW', \['__proto__'\]: 'PROTO' \}\),\n +until: day\('until', 'date'\),/,
  );
});

test('MariaDB: enums, big and unsigned numbers, truths, keys of several columns, comments', {
  skip: missingMariadb,
}, async (t) => {
  const server = await MariadbServer.start();
  t.after(() => server.stop());
  for (const statement of [
    `create table depot (code varchar(10) primary key, name varchar(50) not null comment 'What is written on its gate.') comment 'A place for parcels.'`,
    `create table parcel (depot varchar(10) not null, nr int unsigned not null, state enum('new', 'on the way', '100 %') not null,
       tracking bigint unsigned, weight decimal(10,3) not null, fragile tinyint(1) not null, level tinyint(1) not null, sent datetime, day date not null,
       area geometry, extras json, primary key (depot, nr), foreign key (depot) references depot (code), index (sent), index (day))`,
    `insert into depot values ('B-1', 'Berlin')`,
    `insert into parcel values ('B-1', 1, 'on the way', 18446744073709551615, 1.250, 1, 2, '2026-01-02 03:04:05', '2026-01-02', null, '{"a": 1}'),
       ('B-1', 2, '100 %', null, 0.001, 0, 1, null, '2026-01-03', point(1, 1), null)`,
  ]) {
    await server.run(statement);
  }
  const [made, checked] = await drafted('parcels', server.url, mariadbUser);
  assert.match(made.stdout, /no fields for geometry, which nothing in a contract fits: Parcel\.area\./);
  assert.match(made.stdout, /no fields for longtext with JSON, .*such as data\.color: Parcel\.extras\./);
  assert.match(checked.stdout, /✓ Parcel +2 records/);
  assert.match(
    checkout.read('subgraphs/parcels/backend.ts'),
    /key: \{ id: composed\(\['depot', 'nr'\]\) \},\n +fields: \{\n +nr: 'nr',\n +state: oneOf\('state', \{ new: 'NEW', 'on the way': 'ON_THE_WAY', '100 %': 'VALUE_100' \}\),/,
  );
  assert.match(
    checkout.read('subgraphs/parcels/schema.graphql'),
    /state: ParcelState!\n {2}"Tracking\."\n {2}tracking: Decimal\n {2}"Weight\."\n {2}weight: Decimal!\n {2}"Fragile\."\n {2}fragile: Boolean!\n {2}"Level\."\n {2}level: Int!/,
  );
  assert.match(
    checkout.read('subgraphs/parcels/schema.graphql'),
    /"A place for parcels\."\ntype Depot[^}]*"What is written on its gate\."\n {2}name: String!/,
  );
});
