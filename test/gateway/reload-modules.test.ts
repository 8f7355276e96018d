import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { until } from './fixture.ts';
import { reloading, shop } from './reload-fixture.ts';

const query = '{ order(id: "1") { number } }';
const answer = { data: { order: { number: 'W1' } } };
const loadLimitMs = 3_000;

const bad = {
  'a rejection that nobody handles': [
    "Promise.reject(new Error('geheim'));",
    ':1: does not load (Error); the log has its words.',
  ],
  'an exception a moment later': [
    "setTimeout(() => { throw new TypeError('geheim'); }, 1);",
    ':1: does not load (TypeError); the log has its words.',
  ],
  'an exception': ["throw new Error('geheim');", ':1: does not load (Error); the log has its words.'],
  'something thrown that is no Error': ['throw null;', ': does not load (no Error was thrown); the log has its words.'],
  'a text thrown': ["throw 'geheim';", ': does not load (no Error was thrown); the log has its words.'],
  'an import of what is not there': [
    "import './geheim.ts';",
    ': does not load (ERR_MODULE_NOT_FOUND); the log has its words.',
  ],
  'an end of the process': ['process.exit(0);', ': ends the process when it is loaded.'],
  'an endless loop': ['for (;;);', `: loading it takes longer than ${loadLimitMs} ms.`],
  'a wait for nothing': ['await new Promise(() => {});', ': waits when it is loaded for something that never comes.'],
  'a wait for ever': [
    'await new Promise(() => setInterval(() => {}, 1_000));',
    `: loading it takes longer than ${loadLimitMs} ms.`,
  ],
} as const;

for (const [what, [line, fault]] of Object.entries(bad)) {
  test(`a backend.ts with ${what} stops nothing, is told without its words, and mends`, async (t) => {
    const running = await reloading(t, { openLimitMs: loadLimitMs });
    await running.write('subgraphs/orders/backend.ts', `${line}\n${shop.backend}`);
    const faults = await running.faults();
    assert.equal(faults.length, 1, faults.join('\n'));
    assert.equal(faults[0]?.replace(/ (opening|loading) /, ' loading '), `orders: backend.ts${fault}`);
    assert.deepEqual(await running.ask(query), answer);
    await running.write('subgraphs/orders/backend.ts', shop.backend.replace("'increment_id'", "'entity_id'"));
    await until(async () => JSON.stringify(await running.ask(query)).includes('"1"'));
    assert.equal((await running.status()).status, 'current');
    assert.ok(running.log.filter(({ msg }) => msg === 'a module does not load').length <= 1, 'its words are told once');
  });
}

test('a connect() that throws is a fault without its words', async (t) => {
  const running = await reloading(t);
  const connect = "export const backend = { ...made, connect() { throw new Error('geheim'); } };\n";
  await running.write(
    'subgraphs/orders/backend.ts',
    shop.backend.replace('export const backend', 'const made') + connect,
  );
  assert.deepEqual(await running.faults(), ['orders: backend.ts: connect() fails (Error); the log has its words.']);
  assert.deepEqual(await running.ask(query), answer);
});

test('a connect() that never ends is given up', async (t) => {
  const running = await reloading(t, { openLimitMs: loadLimitMs });
  const connect = 'export const backend = { ...made, connect: () => new Promise(() => {}) };\n';
  await running.write(
    'subgraphs/orders/backend.ts',
    shop.backend.replace('export const backend', 'const made') + connect,
  );
  assert.deepEqual(await running.faults(), [
    `orders: backend.ts: opening it takes longer than ${loadLimitMs + 1_000} ms.`,
  ]);
});

test('a pipe in the place of a schema is a fault, and nothing waits for it', async (t) => {
  const running = await reloading(t);
  await running.remove('subgraphs/orders/schema.graphql');
  execFileSync('mkfifo', [running.path('subgraphs/orders/schema.graphql')]);
  assert.deepEqual(await running.faults(), [
    "orders (subgraphs/orders/schema.graphql): the schema can't be read: ENOTSUP: not a regular file",
    'orders: there is no schema.graphql.',
  ]);
  assert.deepEqual(await running.ask(query), answer);
});

test('files in folders beside the mapping count too', async (t) => {
  const running = await reloading(t);
  await running.write('subgraphs/orders/names.ts', "export const number = 'entity_id';\n");
  await running.write('subgraphs/orders/lib/columns.ts', "export { number } from '../names.ts';\n");
  const backend = `import { number } from './lib/columns.ts';\n${shop.backend.replace("'increment_id'", 'number')}`;
  await running.write('subgraphs/orders/backend.ts', backend);
  await until(async () => JSON.stringify(await running.ask(query)).includes('"1"'));
  await running.replace('subgraphs/orders/names.ts', 'entity_id', 'increment_id');
  await until(async () => JSON.stringify(await running.ask(query)).includes('"W1"'));
});
