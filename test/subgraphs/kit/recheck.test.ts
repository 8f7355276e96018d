import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { SystemError } from '../../../subgraphs/kit/errors.ts';
import type { Backend } from '../../../subgraphs/kit/forms.ts';
import { env } from '../../../subgraphs/kit/settings.ts';
import { sql } from '../../../subgraphs/kit/sources/sql/backend.ts';
import { openSubgraph } from '../../../subgraphs/kit/subgraph.ts';

const typeDefs = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { book(id: ID!): Book }
type Book @key(fields: "id") { id: ID! title: String pages: Int }
`;
const types = { Book: { table: 'book', key: { id: 'no' }, fields: { title: 'ttl', pages: 'pages' } } };
const { signal } = new AbortController();

test('a system that comes later is checked then: the mapping holds', async (t) => {
  const table = 'create table book (no text primary key not null, ttl text, pages integer)';
  const { subgraph, logged, come } = await openedBefore(t, table);
  come();
  await until(() => logged.length > 0);
  assert.deepEqual(logged, ['info reachable now: its mapping is checked and holds']);
  assert.equal((await subgraph.health(signal)).faults, undefined);
});

test('a system that comes later is checked then: what is not true is told, and the rest is served', async (t) => {
  const table = `create table book (no text primary key not null, title text, pages integer);
    insert into book values ('1', 'A', 7)`;
  const { subgraph, logged, come } = await openedBefore(t, table);
  come();
  await until(() => logged.length > 0);
  assert.deepEqual(logged, ['error reachable now, and its mapping does not hold; what works is served']);
  assert.deepEqual((await subgraph.health(signal)).faults, [
    'backend.ts: Book.title: the system has no "ttl" (did you mean "title"?).',
  ]);
  const result = await subgraph.execute({ query: '{ book(id: "1") { pages } }' }, { signal, requestId: 'test' });
  assert.deepEqual(JSON.parse(JSON.stringify(result)), { data: { book: { pages: 7 } } });
});

test('a system that comes back refusing us is told once and stands in its health, until it lets us in', async (t) => {
  const table = 'create table book (no text primary key not null, ttl text, pages integer)';
  const { subgraph, logged, come, refuse } = await openedBefore(t, table);
  refuse();
  await until(() => logged.length > 0);
  assert.deepEqual((await subgraph.health(signal)).faults, ['LIBRARY_URL: library refuses us; the log has its words.']);
  come();
  await until(() => logged.length > 1);
  assert.deepEqual(logged, ['error the system refuses us', 'info reachable now: its mapping is checked and holds']);
  assert.equal((await subgraph.health(signal)).faults, undefined);
});

test('a subgraph that is closed asks its system no more', async (t) => {
  const { subgraph, logged, come } = await openedBefore(t, 'create table book (no text primary key not null)');
  await subgraph.close();
  come();
  // The second would be checked after the first.
  const other = await openedBefore(t, 'create table book (no text primary key not null)');
  other.come();
  await until(() => other.logged.length > 0);
  assert.deepEqual(logged, []);
});

/** A subgraph that was opened while its system, a database with this table, could not be reached. */
async function openedBefore(t: TestContext, table: string) {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  const path = join(folder, 'library.db');
  const database = new DatabaseSync(path);
  database.exec(table);
  database.close();
  const backend = sql({ system: 'library', url: env('LIBRARY_URL', 'sqlite:FILE'), types });
  let there = false;
  let reason = new SystemError('SYSTEM_UNAVAILABLE', 'down');
  const reached = async (...args: Parameters<Backend['connect']>) => {
    const source = await backend.connect(...args);
    return new Proxy(source, {
      get(target, name) {
        if (name === 'describe' && !there) return () => Promise.reject(reason);
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  };
  const logged: string[] = [];
  const note = (level: string) => (_details: object, message: string) => logged.push(`${level} ${message}`);
  const subgraph = await openSubgraph(
    { typeDefs, backend: { ...backend, connect: reached }, resolvers: {} },
    {
      name: 'library',
      environment: { LIBRARY_URL: `sqlite:${path}` },
      log: { info: note('info'), warn: note('warn'), error: note('error') },
      systemTimeoutMs: 1_000,
    },
  );
  t.after(async () => {
    await subgraph.close();
    rmSync(folder, { recursive: true });
  });
  assert.deepEqual(logged.splice(0), ['warn not reachable, so its mapping is not checked yet: down']);
  return {
    subgraph,
    logged,
    come() {
      there = true;
    },
    refuse() {
      reason = new SystemError('SYSTEM_REFUSED', 'no such user');
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`expected this to hold within a minute: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
