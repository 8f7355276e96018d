import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { StartupError } from '../../../subgraphs/kit/errors.ts';
import { folderWith, until } from '../fixture.ts';
import { client, persisted, sha256, type Told } from './persisted-fixture.ts';

const customers = 'query Customers {\n  customers {\n    name\n  }\n}';
const order = 'query Order($id: ID!) { order(id: $id) { total } }';
const listed = [
  { id: sha256(customers), name: 'Customers', type: 'query', body: customers },
  { id: 'order', name: 'Order', type: 'query', body: order, clientName: 'till' },
];

const notInList = [404, 'PERSISTED_QUERY_NOT_IN_LIST', 'The list of persisted operations has none with this id.'];

test('only what is in the manifest runs, by its id or by its text', async (t) => {
  const { post, get } = await client({ manifest: await manifest(t, listed), only: true });
  for (const [ask, text] of [
    [{ extensions: persisted(sha256(customers)) }, customers],
    [{ documentId: `sha256:${sha256(customers)}` }, customers],
    [{ extensions: persisted('order') }, order],
    [{ documentId: 'order' }, order],
    [{ query: order }, order],
    [{ query: order, documentId: 'order' }, order],
    [{ query: order, extensions: persisted(sha256(order)) }, order],
  ] as const) {
    assert.equal(await post(ask), text);
  }
  assert.equal(await get({ documentId: 'order' }), order);
  assert.equal(await get({ query: customers }), customers);

  const refused = async (body: unknown) => ((await post(body)) as Told).slice(0, 2);
  const notInSafelist = [403, 'QUERY_NOT_IN_SAFELIST'];
  assert.deepEqual(await refused({ query: '{ customers { name } }' }), notInSafelist);
  assert.deepEqual(await refused({ query: ` ${order}` }), notInSafelist, 'another text is another operation');
  assert.deepEqual(await refused({ query: '{ __schema { types { name } } }' }), notInSafelist);
  assert.deepEqual(await refused({ query: 'this is no GraphQL {{{' }), notInSafelist, 'nothing parses it');
  assert.deepEqual(await refused({ query: '{ a }', documentId: 'order' }), notInSafelist);
  assert.deepEqual(await refused({ query: customers, documentId: 'order' }), [400, 'PERSISTED_QUERY_HASH_MISMATCH']);
  for (const unknown of ['x', '__proto__', 'constructor', 'hasOwnProperty', sha256('{ a }'), 'ORDER']) {
    assert.deepEqual(await post({ extensions: persisted(unknown) }), notInList, unknown);
    assert.deepEqual(await post({ documentId: unknown }), notInList, unknown);
  }
  // Sending both makes nothing known.
  await post({ query: '{ a }', extensions: persisted(sha256('{ a }')) });
  assert.deepEqual(await post({ extensions: persisted(sha256('{ a }')) }), notInList);
});

test("without `only`, the manifest's operations are known from the start, beside those that clients send", async (t) => {
  const { post } = await client({ manifest: await manifest(t, listed) });
  assert.equal(await post({ documentId: 'order' }), order);
  assert.equal(await post({ query: '{ a }' }), '{ a }');
  const a = persisted(sha256('{ a }'));
  assert.deepEqual(((await post({ extensions: a })) as Told)[1], 'PERSISTED_QUERY_NOT_FOUND');
  assert.equal(await post({ query: '{ a }', extensions: a }), '{ a }');
  assert.equal(await post({ extensions: a }), '{ a }');
});

test('without automatic ones, what is not in the manifest has no id', async (t) => {
  const { post } = await client({ manifest: await manifest(t, listed), automatic: false });
  const a = persisted(sha256('{ a }'));
  assert.equal(await post({ documentId: 'order' }), order);
  assert.equal(await post({ query: '{ a }', extensions: a }), '{ a }');
  assert.deepEqual(await post({ extensions: a }), notInList);
});

test('ids that objects treat as special are ids like others', async (t) => {
  const ids = ['__proto__', 'constructor', 'toString'];
  const operations = ids.map((id) => ({ id, name: 'A', type: 'query', body: `query A { a } # ${id}` }));
  const { post } = await client({ manifest: await manifest(t, operations), only: true });
  for (const { id, body } of operations) assert.equal(await post({ documentId: id }), body);
  assert.deepEqual(await post({ documentId: 'valueOf' }), notInList);
});

test('a manifest tells all of its faults at once, and where', async (t) => {
  const path = await file(t, {
    format: 'relay',
    version: 2,
    operations: [
      listed[0],
      { id: '', name: 'A', type: 'query', body: 's3cret' },
      'text',
      { id: 'b', name: 1, type: 'fragment' },
    ],
  });
  assert.deepEqual(await faultsOf(path), [
    'format: expected "apollo-persisted-query-manifest".',
    'version: expected 1.',
    'operations.1.id: expected a text that is not empty.',
    'operations.2: expected object, received string.',
    'operations.3.body: expected string, received undefined.',
    'operations.3.name: expected string, received number.',
    'operations.3.type: expected one of "query"|"mutation"|"subscription".',
  ]);
});

test('a manifest with two operations of one id is refused; the same one twice is one', async (t) => {
  const [one, two] = listed;
  const path = await manifest(t, [one, two, { ...two, body: '{ a }' }, one]);
  assert.deepEqual(await faultsOf(path), ['operations.2.id: operations.1 has the same id and another body.']);
});

test('what is no manifest is refused without being quoted', async (t) => {
  const folder = await folderWith(t, { 'text.json': 's3cret', 'list.json': '[]', 'proto.json': '{"__proto__":{}}' });
  assert.deepEqual(await faultsOf(join(folder, 'text.json')), ['is not JSON. Expected a persisted query manifest.']);
  assert.deepEqual(await faultsOf(join(folder, 'list.json')), ['expected object, received array.']);
  assert.equal((await faultsOf(join(folder, 'proto.json'))).length, 3);
  const gone = ["can't be read (ENOENT). Expected a persisted query manifest."];
  assert.deepEqual(await faultsOf(join(folder, 'gone.json')), gone);
  const isFolder = ["can't be read (EISDIR). Expected a persisted query manifest."];
  assert.deepEqual(await faultsOf(folder), isFolder);
});

test('a new version is taken up while it runs; a broken one changes nothing and is logged once', async (t) => {
  const path = await manifest(t, listed);
  const { post, operations, log } = await client({ manifest: path, only: true }, { pollMs: 5 });
  t.after(() => operations.close());
  const body = 'query New { a }';
  const runs = async (documentId: string) => typeof (await post({ documentId })) === 'string';

  await replace(path, text([{ id: 'new', name: 'New', type: 'query', body }]));
  await until(() => runs('new'));
  assert.deepEqual(await post({ documentId: 'order' }), notInList, 'what is no longer listed runs no more');

  await replace(path, '{ "format": ');
  await until(() => log.some(({ level }) => level === 50));
  await severalLooks(t);
  assert.ok(await runs('new'));
  await rm(path);
  await until(() => log.filter(({ level }) => level === 50).length === 2);
  assert.ok(await runs('new'));
  await replace(path, text(listed));
  await until(() => runs('order'));
  assert.ok(!(await runs('new')));
  assert.deepEqual(
    log.map(({ level, faults }) => [level, faults]),
    [
      [30, undefined],
      [50, [`${path}: is not JSON. Expected a persisted query manifest.`]],
      [50, [`${path}: can't be read (ENOENT). Expected a persisted query manifest.`]],
      [30, undefined],
    ],
  );
  await operations.close();
});

function text(operations: readonly unknown[]): string {
  return JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
}

function manifest(t: TestContext, operations: readonly unknown[]): Promise<string> {
  return file(t, JSON.parse(text(operations)));
}

async function file(t: TestContext, content: unknown): Promise<string> {
  return join(await folderWith(t, { 'manifest.json': JSON.stringify(content) }), 'manifest.json');
}

/** Lets some looks at files go by: another manifest changes and is taken up, again and again. */
async function severalLooks(t: TestContext): Promise<void> {
  const path = await manifest(t, []);
  const { post, operations } = await client({ manifest: path, only: true }, { pollMs: 5 });
  t.after(() => operations.close());
  for (const id of ['a', 'b', 'c', 'd']) {
    await replace(path, text([{ id, body: '{ a }' }]));
    await until(async () => (await post({ documentId: id })) === '{ a }');
  }
}

/** Puts another file in its place, as deployments do. */
async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

/** The faults without the file's path, which each begins with. */
async function faultsOf(path: string): Promise<string[]> {
  const error = await client({ manifest: path }).then(
    () => assert.fail('expected faults'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StartupError);
  assert.doesNotMatch(`${error.stack}`, /s3cret/);
  return error.faults.map((fault) => {
    assert.ok(fault.startsWith(`${path}: `));
    return fault.slice(path.length + 2);
  });
}
