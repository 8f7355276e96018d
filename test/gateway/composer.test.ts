import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compose } from '../../gateway/supergraph/compose.ts';
import { composeInThread } from '../../gateway/supergraph/composer.ts';
import { CompositionError } from '../../gateway/supergraph/errors.ts';
import { typeDefs } from './fixture.ts';

const schemas = Object.entries(typeDefs).map(([name, sdl]) => ({
  name,
  url: `http://${name}/graphql`,
  where: `${name}.graphql`,
  sdl,
}));
const { signal } = new AbortController();

test('composing in a thread gives what composing here gives', async () => {
  assert.deepEqual(await composeInThread(schemas, signal), compose(schemas));
});

test('faults cross from the thread with file and line', async () => {
  const broken = schemas.map((each) => ({ ...each, sdl: each.sdl.replace('total: Int', 'total: Integer') }));
  await assert.rejects(composeInThread(broken, signal), (error: unknown) => {
    assert.ok(error instanceof CompositionError);
    assert.deepEqual(error.faults, ['orders (orders.graphql:7): Unknown type Integer']);
    return true;
  });
});

test('composing that takes too long is given up, and says so', async () => {
  await assert.rejects(composeInThread(schemas, signal, 1), {
    name: 'CompositionTimeoutError',
    message: 'composing took longer than 1 ms and was given up.',
  });
});

test('composing that nobody waits for any more is given up', async () => {
  const controller = new AbortController();
  const composing = composeInThread(schemas, controller.signal);
  controller.abort();
  await assert.rejects(composing, { name: 'AbortError' });
});
