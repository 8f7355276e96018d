import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { reportText } from '../../gateway/check/report.ts';
import { Heard, sampleTypes } from '../../gateway/check/sample.ts';
import { env } from '../../subgraphs/kit/settings.ts';
import { sql } from '../../subgraphs/kit/sources/sql/backend.ts';
import type { Subgraph } from '../../subgraphs/kit/subgraph.ts';
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
  assert.match(report.at(-1) ?? '', /^No faults, 0 remarks\. 4 subgraphs, 18 types, \d+ records read\.$/);
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
  assert.match(
    gone.stdout,
    /✗ customers {3}crm, rest\n {4}SYSTEM_UNAVAILABLE: not reachable, .*ECONNREFUSED.*\. Look at CUSTOMERS_URL, CUSTOMERS_TOKEN\.\n\n1 fault, 0 remarks/,
  );
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
      'Nothing was checked:\n  - npm run check -- NAME: expected one of customers, orders, inventory, finance, got shipping.\n',
  });
});

test('the words of a system that refuses us; settings and supergraph.yaml together', async (t) => {
  const server = createServer((_request, response) => response.writeHead(401).end('token is stale'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { stdout } = await checkout.run(['check', 'customers'], {
    CUSTOMERS_URL: `http://127.0.0.1:${port}`,
    CUSTOMERS_TOKEN: 'secret-token',
  });
  assert.match(stdout, /^ {4}the system refuses us: .* answered 401: token is stale$/m);
  assert.deepEqual(await checkout.run(['check'], { PORT: 'x', SUPERGRAPH_CONFIG: 'no.yaml' }), {
    code: 1,
    stdout: '',
    stderr:
      'Nothing was checked, for 2 reasons:\n  - PORT: expected a whole number from 0 to 65535, got "x".\n' +
      "  - no.yaml: can't be read (ENOENT). Expected a file in Rover's YAML format; SUPERGRAPH_CONFIG says which.\n",
  });
});

test('a finding of several lines stays in its column', () => {
  const composition = { subgraphs: 1, faults: ['one\ntwo'], remarks: [] };
  assert.match(stripVTControlCharacters(reportText({ composition, subgraphs: [] }, 0)), /^ {4}one\n {4}two$/m);
});

test('types: a schema that can not be read is named with its line, and the others are written', async () => {
  const schema = checkout.read('subgraphs/orders/schema.graphql');
  const contract = checkout.read('subgraphs/finance/contract.ts');
  checkout.write('subgraphs/orders/schema.graphql', `type {\n${schema}`);
  checkout.write('subgraphs/finance/contract.ts', '');
  const ran = await checkout.run(['types']);
  checkout.write('subgraphs/orders/schema.graphql', schema);
  assert.deepEqual(ran, {
    code: 1,
    stdout: 'Written: subgraphs/finance/contract.ts.\n',
    stderr:
      'Not every contract.ts was written:\n  - subgraphs/orders/schema.graphql:1: Syntax Error: Expected Name, found "{".\n',
  });
  assert.equal(checkout.read('subgraphs/finance/contract.ts'), contract);
});

test('a key that several records have', async () => {
  const url = checkout.database(
    'twin.db',
    `create table t (id integer primary key, no integer, name text);
     insert into t values (1, 7, 'a'), (2, 7, 'b');`,
  );
  const untouched = checkout.read('supergraph.yaml');
  await checkout.run(['new', 'twin', '--from', url]);
  const backend = checkout.read('subgraphs/twin/backend.ts');
  checkout.write(
    'subgraphs/twin/backend.ts',
    backend.replace("key: { id: 'id' }", "key: { id: 'no' }").replace("no: 'no'", "no: 'id'"),
  );
  const { stdout } = await checkout.run(['check', 'twin'], { TWIN_URL: url });
  checkout.write('supergraph.yaml', untouched);
  assert.match(stdout, /T: two records of the list have id "7", which must tell every two apart\./);
});

test('a key that finds another record, or the same with other values', async () => {
  const typeDefs = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
type Query { things(first: Int! = 20, after: String): ThingConnection }
type Thing @key(fields: "id") { id: ID! name: String }
type ThingConnection { nodes: [Thing!]! edges: [ThingEdge!]! pageInfo: PageInfo! }
type ThingEdge { cursor: String! node: Thing! }
type PageInfo @shareable { hasNextPage: Boolean! endCursor: String }`;
  const types = { Thing: { table: 'thing', key: { id: 'id' }, fields: { name: 'name' } } };
  const parts = { typeDefs, backend: sql({ system: 'things', url: env('URL', 'a URL'), types }), resolvers: {} };
  const found = async (record: object) => {
    const subgraph: Subgraph = {
      name: 'things',
      execute: async ({ query }) => ({
        data: query.includes('_entities') ? { _entities: [record] } : { things: { nodes: [{ id: '1', name: 'a' }] } },
      }),
      health: () => Promise.reject(new Error('is not asked for')),
      close: async () => {},
    };
    const [check] = await sampleTypes(parts, subgraph, new Heard());
    return [check?.faults, check?.remarks];
  };
  assert.deepEqual(await found({ id: '1', name: 'a' }), [[], []]);
  assert.deepEqual(await found({ id: '2', name: 'a' }), [
    ['Thing: by the key of the record with id "1" another is found, with id "2".'],
    [],
  ]);
  assert.deepEqual(await found({ id: '1', name: 'b' }), [
    [],
    [
      'Thing: the record with id "1" has other values by its key than in the list: name. Either its key is another\'s too, or it has just changed.',
    ],
  ]);
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
