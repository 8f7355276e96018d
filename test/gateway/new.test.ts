import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parse, print } from 'graphql';
import { ask, Checkout, draft } from './new-checkout.ts';

const checkout = new Checkout();
after(() => checkout.remove());

test('a database: the whole draft', async () => {
  const url = checkout.database(
    'depot.db',
    `create table carriers (id integer primary key, name text not null);
     create table parcels (parcel_no text not null primary key, carrier_id integer not null references carriers, weight_kg decimal(8,2),
       fragile boolean not null, sent_at datetime);
     create index parcels_sent on parcels (sent_at);
     insert into carriers values (1, 'DHL');
     insert into parcels values ('P-1', 1, 2.5, 1, '2026-01-02 03:04:05');`,
  );
  const { said, environment } = await draft(checkout, 'depot', url);
  assert.equal(
    said,
    `depot is drafted from a SQLite database: 2 types with 8 fields.

  subgraphs/depot/schema.graphql  the contract: rename, describe, take away, say who may see what (now: who is signed in)
  subgraphs/depot/backend.ts      how the system holds it
  subgraphs/depot/contract.ts     the contract for the compiler: npm run types writes it anew
  supergraph.yaml                 depot is named there, at http://127.0.0.1:4005/graphql

Go on with:
  DEPOT_URL=${url} npm run check -- depot
  DEPOT_URL=${url} npm start
A gateway that is running sees new variables only after a restart.
`,
  );
  assert.equal(
    checkout.read('subgraphs/depot/backend.ts'),
    `import { many, one, timestamp } from '../kit/mapping.ts';
import { env } from '../kit/settings.ts';
import { sql } from '../kit/sources/sql/backend.ts';
import type { Contract } from './contract.ts';

/** The system behind depot: a SQLite database. */
export const backend = sql<Contract>({
  system: 'depot',
  url: env('DEPOT_URL', 'the URL of a database, such as sqlite:/var/lib/depot.db'),
  types: {
    Carrier: {
      table: 'carriers',
      key: { id: 'id' },
      fields: {
        name: 'name',
        parcels: many('Parcel', { carrier_id: 'id' }),
      },
    },
    Parcel: {
      table: 'parcels',
      key: { id: 'parcel_no' },
      fields: {
        weightKg: 'weight_kg',
        fragile: 'fragile',
        sentAt: timestamp('sent_at', 'yyyy-MM-dd HH:mm:ss'),
        carrier: one('Carrier', { id: 'carrier_id' }),
      },
    },
  },
});
`,
  );
  const schema = checkout.read('subgraphs/depot/schema.graphql');
  const own = schema.slice(schema.indexOf('"A parcel."'), schema.indexOf('"An order of carriers."'));
  assert.equal(
    own.trimEnd(),
    `"A parcel."
type Parcel @key(fields: "id") @authenticated {
  "Identifies the parcel."
  id: ID!
  "Weight kg."
  weightKg: Float
  "Fragile."
  fragile: Boolean!
  "Sent at."
  sentAt: DateTime
  "Carrier."
  carrier: Carrier
}`,
  );
  assert.deepEqual(
    await ask(
      checkout,
      'depot',
      environment,
      `{ parcels(filter: { fragile: true, sentAt: { before: "2027-01-01T00:00:00Z" } }, orderBy: { field: SENT_AT }) {
        totalCount nodes { id weightKg sentAt carrier { name parcels { totalCount } } } } }`,
    ),
    {
      data: {
        parcels: {
          totalCount: 1,
          nodes: [
            {
              id: 'P-1',
              weightKg: 2.5,
              sentAt: '2026-01-02T03:04:05.000Z',
              carrier: { name: 'DHL', parcels: { totalCount: 1 } },
            },
          ],
        },
      },
    },
  );
});

test('keys of several columns, links, names that are taken or odd, bytes, big numbers, views', async () => {
  const url = checkout.database(
    'odd.db',
    `create table customers (id text primary key, "e-mail" text, "order" integer, class text);
     create table products (id integer primary key, name text not null, serial bigint not null, picture blob);
     create table orders (id integer primary key, customer text references customers, bill_to integer references addresses,
       ship_to integer references addresses, created integer not null);
     create table addresses (id integer primary key, "Street Name" text, "street_name" text, __proto text);
     create table order_lines (order_id integer not null references orders, line_no integer not null, product_id integer not null
       references products, quantity integer not null, primary key (order_id, line_no));
     create table tags (id integer primary key, label text not null unique);
     create table product_tags (product_id integer not null references products, tag_id integer not null references tags,
       primary key (product_id, tag_id));
     create table staff (id integer primary key, parent_id integer references staff, boss integer references staff);
     create table edge (id integer primary key, size real);
     create table page_info (id integer primary key, a text);
     create table "Größe" (id integer primary key, "größe" text, "2nd" text);
     create table profile (customer_id text primary key references customers, notes text not null);
     create table loose (a text);
     create view big_orders as select id, created from orders;
     insert into customers values ('C1', 'a@b.c', 1, 'x');
     insert into products values (11, 'Queso', 9007199254740993, x'00ff'), (12, 'Tofu', 1, null);
     insert into addresses values (1, 'Main', 'Main', 'p');
     insert into orders values (7, 'C1', 1, 1, 1767000000);
     insert into order_lines values (7, 1, 11, 3), (7, 2, 12, 1);
     insert into tags values (1, 'cheese'), (2, 'soft');
     insert into product_tags values (11, 1), (11, 2), (12, 2);
     insert into staff values (1, null, null), (2, 1, 1);
     insert into edge values (1, 0.5);
     insert into page_info values (1, 'a');
     insert into "Größe" values (1, 'XL', 'z');
     insert into profile values ('C1', 'good');`,
  );
  const { said, checked, environment } = await draft(checkout, 'odd', url);
  assert.match(
    said,
    /left out, since they are views or have no primary key: big_orders, loose\. Take one by --tables\./,
  );
  assert.match(said, /no fields for BLOB, which nothing in a contract fits: OddProduct\.picture\./);
  for (const type of [
    'OddCustomer',
    'OddOrder',
    'OddOrderLine',
    'OddPageInfo',
    'OddEdgeRecord',
    'Grosse',
    'Staff',
    'Tag',
  ]) {
    assert.match(checked, new RegExp(`✓ ${type} +\\d records?`), type);
  }
  assert.deepEqual(
    await ask(
      checkout,
      'odd',
      environment,
      `{ oddOrderLine(id: "7-1") { lineNo quantity order { created customer { eMail order profile { notes } } billTo { streetName streetName2 proto } }
           product { serial tags { nodes { label products { totalCount } } } } }
         staffList { nodes { id parent { id } children { nodes { id } } staffByBoss { nodes { id } } } }
         grosse(id: "1") { grosse value2nd } }`,
    ),
    {
      data: {
        oddOrderLine: {
          lineNo: 1,
          quantity: 3,
          order: {
            created: '2025-12-29T09:20:00.000Z',
            customer: { eMail: 'a@b.c', order: 1, profile: { notes: 'good' } },
            billTo: { streetName: 'Main', streetName2: 'Main', proto: 'p' },
          },
          product: {
            serial: '9007199254740993',
            tags: {
              nodes: [
                { label: 'cheese', products: { totalCount: 1 } },
                { label: 'soft', products: { totalCount: 2 } },
              ],
            },
          },
        },
        staffList: {
          nodes: [
            { id: '1', parent: null, children: { nodes: [{ id: '2' }] }, staffByBoss: { nodes: [{ id: '2' }] } },
            { id: '2', parent: { id: '1' }, children: { nodes: [] }, staffByBoss: { nodes: [] } },
          ],
        },
        grosse: { grosse: 'XL', value2nd: 'z' },
      },
    },
  );
});

test('what contracts share is the same in a draft, to the letter', async () => {
  const url = checkout.database(
    'shared.db',
    `create table things (id integer primary key, day date, at datetime, price bigint);
     create index things_day on things (day); create index things_at on things (at);`,
  );
  await draft(checkout, 'shared', url);
  const definitions = (name: string) =>
    new Map(
      parse(checkout.read(`subgraphs/${name}/schema.graphql`)).definitions.flatMap((each) =>
        'name' in each && each.name && each.name.value !== 'Query' ? [[each.name.value, print(each)]] : [],
      ),
    );
  const others = new Map([...definitions('orders'), ...definitions('finance')]);
  const shared = [...definitions('shared')].filter(([name]) => others.has(name));
  assert.deepEqual(shared.map(([name]) => name).sort(), [
    ...['DateTime', 'DateTimeRange', 'Decimal', 'LocalDate', 'LocalDateRange', 'PageInfo', 'SortDirection'],
  ]);
  for (const [name, text] of shared) assert.equal(text, others.get(name));
});

test('a table that links a type to itself leads both ways, each its own', async () => {
  const url = checkout.database(
    'club.db',
    `create table members (id integer primary key, name text not null);
     create table mentorships (mentor_id integer not null references members, pupil_id integer not null references members,
       primary key (mentor_id, pupil_id));
     insert into members values (1, 'Ann'), (2, 'Bob'), (3, 'Cem');
     insert into mentorships values (1, 2), (1, 3);`,
  );
  const { environment } = await draft(checkout, 'club', url);
  const query = '{ members { nodes { name mentors { nodes { name } } pupils { nodes { name } } } } }';
  const names = (...all: string[]) => ({ nodes: all.map((name) => ({ name })) });
  assert.deepEqual(await ask(checkout, 'club', environment, query), {
    data: {
      members: {
        nodes: [
          { name: 'Ann', mentors: names(), pupils: names('Bob', 'Cem') },
          { name: 'Bob', mentors: names('Ann'), pupils: names() },
          { name: 'Cem', mentors: names('Ann'), pupils: names() },
        ],
      },
    },
  });
});

test('a view by name: its key is guessed, and said to be', async () => {
  const url = checkout.database(
    'views.db',
    `create table t (id integer primary key, a text); insert into t values (1, 'x');
     insert into t values (2, 'y');
     create view names as select id, a from t;
     create table p (pair_no integer primary key, half integer);
     insert into p values (1, 1), (2, 1);
     create view pairs as select half as id, pair_no from p;
     create view same as select 1 as id, a from t;`,
  );
  const { said } = await draft(checkout, 'views', url, ['--tables', 'names,pairs,same']);
  assert.match(said, /to be checked: names has no primary key; "id" is taken for it/);
  assert.match(said, /to be checked: pairs has no primary key; "pair_no" is taken for it/);
  assert.match(said, /same: left out, since no column was found that tells every two of its rows apart\./);
});
