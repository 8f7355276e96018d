import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, test } from 'node:test';
import { Checkout } from './new-checkout.ts';

const checkout = new Checkout();
after(() => checkout.remove());

/** The report without what differs from run to run. */
function lines(report: string): string[] {
  return report
    .replaceAll(/ +\d+ ms/g, ' N ms')
    .replaceAll(/, [\d.]+ s\./g, '.')
    .trimEnd()
    .split('\n');
}

test('the four subgraphs on their stand-ins: every type is read, and there are no faults', async () => {
  const { code, stdout, stderr } = await checkout.run(['check']);
  assert.deepEqual([code, stderr], [0, '']);
  const report = lines(stdout);
  assert.equal(report[0], '✓ supergraph           4 subgraphs, composed');
  assert.ok(report.includes('✓ customers            crm, rest, demo stand-in'));
  assert.ok(report.includes('  ✓ OrderLine          8 records N ms, by key N ms'), stdout);
  assert.match(report.at(-1) ?? '', /^No faults, 0 remarks\. 4 subgraphs, 17 types, \d+ records read\.$/);
});

test('a mapping that is not true of its system is named with file, line and remedy; one subgraph alone can be checked', async () => {
  const backend = checkout.read('subgraphs/orders/backend.ts');
  checkout.write('subgraphs/orders/backend.ts', backend.replace("number: 'increment_id'", "number: 'incremen_id'"));
  const { code, stdout } = await checkout.run(['check', 'orders']);
  checkout.write('subgraphs/orders/backend.ts', backend);
  const line = backend.split('\n').findIndex((text) => text.includes("number: 'increment_id'")) + 1;
  assert.equal(code, 1);
  assert.deepEqual(lines(stdout), [
    '✓ supergraph  4 subgraphs, composed',
    '',
    '✗ orders      shop',
    `    subgraphs/orders/backend.ts:${line}: Order.number: the system has no "incremen_id" (did you mean "increment_id"?).`,
    '',
    '1 fault, 0 remarks. 1 subgraph, 0 types, 0 records read.',
  ]);
});

test('a system that is not there, settings that are missing, contracts that do not compose, a name that nobody has', async () => {
  const gone = await checkout.run(['check', 'customers'], {
    CUSTOMERS_URL: 'http://127.0.0.1:9/api',
    CUSTOMERS_TOKEN: 'secret-token',
  });
  assert.equal(gone.code, 1);
  assert.match(gone.stdout, /✗ customers {3}crm, rest\n {4}the system can't be reached \(SYSTEM_UNAVAILABLE\)/);
  assert.match(gone.stdout, /Look at CUSTOMERS_URL, CUSTOMERS_TOKEN\./);
  assert.doesNotMatch(gone.stdout, /secret-token/);

  const unset = await checkout.run(['check', 'finance'], { FINANCE_USER: 'joe' });
  assert.match(unset.stdout, /✗ finance .*\n {4}FINANCE_URL: not set\. Expected the URL of the ERP's WSDL/);

  const schema = checkout.read('subgraphs/orders/schema.graphql');
  checkout.write('subgraphs/orders/schema.graphql', schema.replace('amount: Decimal!', 'amount: Int!'));
  const apart = await checkout.run(['check', 'customers']);
  checkout.write('subgraphs/orders/schema.graphql', schema);
  assert.equal(apart.code, 1);
  assert.match(apart.stdout, /^✗ supergraph .*don't compose\n {4}.*orders \(subgraphs\/orders\/schema\.graphql:\d+\)/);

  assert.deepEqual(await checkout.run(['check', 'shipping']), {
    code: 1,
    stdout: '',
    stderr:
      'Junction did not start:\n  - npm run check -- NAME: expected one of customers, orders, inventory, finance, got shipping.\n',
  });
});

test('what the records show: values that no field can be, codes that the mapping does not know, keys and relations that find nothing', async () => {
  mkdirSync(checkout.path('subgraphs/shelf'));
  checkout.write(
    'subgraphs/shelf/schema.graphql',
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
type Query { shelves(first: Int! = 20, after: String): ShelfConnection }
type Shelf @key(fields: "id") { id: ID! kind: ShelfKind! height: Int width: Int! note: String loads: [Load!]! }
type Room @key(fields: "id") { id: ID! name: String! }
enum ShelfKind { STEEL UNKNOWN }
type Attic @key(fields: "id") { id: ID! }
type Load { kilos: Int room: Room! }
type ShelfConnection { nodes: [Shelf!]! edges: [ShelfEdge!]! pageInfo: PageInfo! }
type ShelfEdge { cursor: String! node: Shelf! }
type PageInfo @shareable { hasNextPage: Boolean! endCursor: String }`,
  );
  checkout.write(
    'subgraphs/shelf/backend.ts',
    `import { convert, many, one, oneOf } from '../kit/mapping.ts';
import { env } from '../kit/settings.ts';
import { sql } from '../kit/sources/sql/backend.ts';
export const backend = sql({
  system: 'shelves',
  url: env('SHELF_URL', 'a database'),
  types: {
    Shelf: {
      table: 'shelf',
      key: { id: convert('id', { read: String, write: (value) => Number(value) + 1000 }) },
      fields: { kind: oneOf('kind', { s: 'STEEL' }), height: 'height', width: 'width', note: 'note', loads: many('Load', { shelf: 'id' }) },
    },
    Room: { table: 'room', key: { id: 'id' }, fields: { name: 'name' } },
    Attic: { table: 'room', key: { id: 'id' } },
    Load: { table: 'load', key: { id: 'id' }, fields: { kilos: 'kilos', room: one('Room', { id: 'room' }) } },
  },
});`,
  );
  const url = checkout.database(
    'shelf.db',
    `create table shelf (id integer primary key, kind text, height integer, width integer, note text);
     insert into shelf values (1, 's', 10, 5, null), (2, 'wood', 'high', 5, null);
     create table room (id integer primary key, name text not null);
     insert into room values (1, 'Hall');
     create table load (id integer primary key, shelf integer, kilos integer, room integer);
     insert into load values (1, 1, 20, 99);`,
  );
  const yaml = checkout.read('supergraph.yaml');
  const entry =
    '  shelf:\n    routing_url: http://127.0.0.1:4099/graphql\n    schema:\n      file: subgraphs/shelf/schema.graphql\n';
  checkout.write('supergraph.yaml', `${yaml}${entry}`);
  const { code, stdout } = await checkout.run(['check', 'shelf'], { SHELF_URL: url });
  checkout.write('supergraph.yaml', yaml);
  assert.equal(code, 1);
  assert.deepEqual(lines(stdout), [
    '✓ supergraph  5 subgraphs, composed',
    '',
    '✓ shelf       shelves, sqlite',
    '  ✗ Shelf     2 records N ms, by key N ms',
    "      UNREADABLE_VALUE: The system holds a value for Shelf.height that can't be read: expected a number.",
    '      Shelf: the record with id "1" is in the list, but is not found by its key.',
    '      Shelf.kind: kind holds "wood", which the mapping does not know',
    '      null in all 2 records: note',
    '  ✗ Room      0 records N ms',
    '      UNEXPECTED_NULL: room: Cannot return null for non-nullable field Load.room.',
    '  – Attic     not read: no list leads to it',
    '  ✗ Load      0 records N ms',
    '      UNEXPECTED_NULL: room: Cannot return null for non-nullable field Load.room.',
    '',
    '4 faults, 1 remark. 1 subgraph, 4 types, 2 records read.',
  ]);
});
