import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PlannerProcess } from '../../gateway/operations/process.ts';
import { compose } from '../../gateway/supergraph/compose.ts';
import { composeInProcess, loadInProcess } from '../../gateway/supergraph/composer.ts';
import { CompositionError } from '../../gateway/supergraph/errors.ts';
import { typeDefs } from './fixture.ts';

const schemas = Object.entries(typeDefs).map(([name, sdl]) => ({
  name,
  url: `http://${name}/graphql`,
  where: `${name}.graphql`,
  sdl,
}));

test('composing in a process gives what composing here gives, and the process can load it', async (t) => {
  const planning = planner(t);
  const { composedInMs = 0, ...supergraph } = await composeInProcess(planning, schemas);
  assert.ok(composedInMs > 0);
  assert.deepEqual(supergraph, compose(schemas));
  await loadInProcess(planning, supergraph);
  const query = '{ customer(id: "1") { name } }';
  assert.equal((await planning.ask({ kind: 'read', query, operationName: undefined })).kind, 'read');
});

test('faults cross from the process with file and line', async (t) => {
  const broken = schemas.map((each) => ({ ...each, sdl: each.sdl.replace('total: Int', 'total: Integer') }));
  await assert.rejects(composeInProcess(planner(t), broken), (error: unknown) => {
    assert.ok(error instanceof CompositionError);
    assert.deepEqual(error.faults, ['orders (orders.graphql:7): Unknown type Integer']);
    return true;
  });
});

test('composing that takes too long is given up, and says so', async (t) => {
  await assert.rejects(composeInProcess(planner(t), schemas, { timeoutMs: 1 }), {
    name: 'CompositionTimeoutError',
    message: 'composing took longer than 1 ms and was given up.',
  });
});

test('composing that takes too much memory is given up, and says so', async (t) => {
  await assert.rejects(composeInProcess(planner(t, 16), schemas), {
    name: 'CompositionError',
    message: 'composing takes more memory than PLAN_MEMORY_MB allows.',
  });
});

test('composing that nobody waits for any more is given up', async (t) => {
  const controller = new AbortController();
  const planning = planner(t);
  const composing = composeInProcess(planning, schemas, { signal: controller.signal });
  controller.abort();
  await assert.rejects(composing, { name: 'AbortError' });
  await assert.rejects(planning.ask({ kind: 'compose', schemas }), { name: 'ProcessEndedError' });
});

function planner(t: TestContext, memoryMb = 512): PlannerProcess {
  const made = new PlannerProcess({ memoryMb });
  t.after(() => made.end());
  return made;
}
