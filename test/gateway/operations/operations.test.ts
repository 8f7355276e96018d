import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { compile } from '../../../gateway/execution/compile.ts';
import { Operations } from '../../../gateway/operations/operations.ts';
import type { Question } from '../../../gateway/operations/planner-process.ts';
import type { Prepared } from '../../../gateway/operations/prepared.ts';
import { keptProgram, PreparedCache } from '../../../gateway/operations/prepared-cache.ts';
import { PlannerProcess } from '../../../gateway/operations/process.ts';
import { busy, OperationRefusedError } from '../../../gateway/operations/refusal.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';

const entry = new URL('fake-planner.ts', import.meta.url);

test('a text is prepared once, also when it comes several times at first, and is at hand from then on', async (t) => {
  const { operations, asked } = await preparing(t);
  const first = await Promise.all(['a', 'a', 'a'].map((query) => operations.prepare(query, undefined, '')));
  const [prepared] = first;
  assert.ok(first.every((each) => each === prepared));
  assert.equal(operations.prepare('a', undefined, ''), prepared);
  assert.deepEqual(asked, ['read a', 'plan a']);
});

test('an operation name belongs to the text, and no name can pass for a part of another text', async (t) => {
  const { operations, asked } = await preparing(t);
  await operations.prepare('a', 'b', '');
  await operations.prepare('a', undefined, '');
  await operations.prepare('1:ba', undefined, '');
  await operations.prepare('ba', '', '');
  assert.deepEqual(
    asked.filter((each) => each.startsWith('read')),
    ['read a', 'read a', 'read 1:ba', 'read ba'],
  );
});

test('texts that differ in a literal share a program, each with its own value', async (t) => {
  const { operations, asked } = await preparing(t);
  const [one, two] = [
    await operations.prepare('a "1"', undefined, ''),
    await operations.prepare('a "2"', undefined, ''),
  ];
  assert.deepEqual(asked, ['read a "1"', 'plan a "1"', 'read a "2"']);
  assert.ok(one.kind === 'ready' && two.kind === 'ready');
  assert.equal(one.operation, two.operation);
  assert.deepEqual([one.literals, two.literals], [{ value: '1' }, { value: '2' }]);
});

test('a refusal is remembered', async (t) => {
  const { operations, asked } = await preparing(t);
  const refused = { kind: 'refused', errors: [{ message: 'no', extensions: { code: 'NO' } }] };
  assert.deepEqual(await operations.prepare('refuse', undefined, ''), refused);
  assert.deepEqual(operations.prepare('refuse', undefined, ''), refused);
  assert.deepEqual(asked, ['read refuse']);
});

test('an operation that takes too long is refused, and at once the next time, whatever its literals', async (t) => {
  const { operations, asked } = await preparing(t, { timeoutMs: 1_000 });
  const expected = {
    kind: 'refused',
    errors: [
      {
        message:
          'The operation is too complex: planning it takes more than 1000 ms. Ask for less, or in several operations.',
        extensions: { code: 'OPERATION_TOO_COMPLEX' },
      },
    ],
  };
  assert.deepEqual(await operations.prepare('hang "1"', undefined, ''), expected);
  assert.deepEqual(operations.prepare('hang "1"', undefined, ''), expected);
  assert.deepEqual(await operations.prepare('hang "2"', undefined, ''), expected);
  assert.deepEqual(asked, ['read hang "1"', 'plan hang "1"', 'load', 'read hang "2"']);
});

test('an operation that took too long may try again after a minute', async (t) => {
  const { operations, asked } = await preparing(t, { timeoutMs: 500 });
  await operations.prepare('hang', undefined, '');
  const { now } = performance;
  let later = 0;
  t.mock.method(performance, 'now', () => now.call(performance) + later);
  // The cache looks at the clock once a millisecond; its timer comes before this one.
  await delay(1);
  later = 50_000;
  assert.ok('kind' in operations.prepare('hang', undefined, ''));
  await delay(1);
  later = 61_000;
  asked.length = 0;
  assert.equal((await operations.prepare('hang', undefined, '')).kind, 'refused');
  assert.equal(asked.filter((each) => each === 'read hang').length, 1);
});

test('an operation that takes too much memory is refused', async (t) => {
  const { operations } = await preparing(t, { memoryMb: 16 });
  const refused = (await operations.prepare('eat', undefined, '')) as Prepared & { kind: 'refused' };
  assert.match(refused.errors[0]?.message ?? '', /takes more than 16 MB of memory/);
  assert.equal((await operations.prepare('a', undefined, '')).kind, 'ready');
});

test('a fault of the planner is not remembered', async (t) => {
  const { operations, asked } = await preparing(t);
  for (let i = 0; i < 2; i++)
    await assert.rejects(async () => operations.prepare('fail', undefined, ''), /has a fault/);
  assert.deepEqual(asked, ['read fail', 'plan fail', 'read fail', 'plan fail']);
});

test('an operation nested too deeply for the serving process is refused, and that is remembered', async (t) => {
  const { operations, asked } = await preparing(t);
  const expected = {
    kind: 'refused',
    errors: [{ message: 'The operation is nested too deeply.', extensions: { code: 'OPERATION_TOO_COMPLEX' } }],
  };
  assert.deepEqual(await operations.prepare('deep', undefined, ''), expected);
  assert.deepEqual(operations.prepare('deep', undefined, ''), expected);
  assert.deepEqual(asked, ['read deep', 'plan deep']);
});

test('what seems too much is refused for now, but not remembered', async (t) => {
  const { operations, asked } = await preparing(t);
  const all = Array.from({ length: 600 }, (_, i) => operations.prepare(`a "${i}"`, undefined, ''));
  await assert.rejects(operations.introspect('any', {}), { name: 'OperationRefusedError', errors: [busy] });
  const kinds = (await Promise.all(all)).map(({ kind }) => kind);
  assert.deepEqual(
    kinds.map((kind) => kind === 'busy'),
    kinds.map((_, i) => i > 500),
  );
  assert.equal((await operations.prepare('a "599"', undefined, '')).kind, 'ready');
  assert.equal(asked.filter((each) => each.startsWith('plan')).length, 1);
});

test('what is kept is bounded, and what was used last stays', async (t) => {
  const { operations, asked } = await preparing(t, { cacheBytes: 100_000 });
  for (let i = 0; i < 500; i++) {
    await operations.prepare(`a${i}`, undefined, '');
    await operations.prepare(`refuse`, undefined, '');
    operations.prepare('a0', undefined, '');
    assert.ok(operations.cachedBytes <= 100_000);
  }
  assert.ok(operations.cachedBytes > 50_000);
  asked.length = 0;
  for (const query of ['a0', 'a499', 'refuse', 'a1']) await operations.prepare(query, undefined, '');
  assert.deepEqual(asked, ['read a1', 'plan a1']);
});

test('a program that two processes have planned at the same time is kept once', () => {
  const cache = new PreparedCache(1_000_000);
  const selections = [{ type: 'Query', fields: [] }];
  const program = { text: '', variables: [], inputTypes: {}, selections, enums: {}, interfaceObjects: [] };
  const [one, two] = ['a', 'b'].map((key) =>
    cache.keep(key, keptProgram('id', compile({ kind: 'query', ...program }), ''), {}),
  );
  assert.equal(one?.operation, two?.operation);
});

test('what is too large to keep is prepared all the same', async (t) => {
  const { operations, asked } = await preparing(t, { cacheBytes: 4_000 });
  const large = `large ${'x'.repeat(4_000)}`;
  for (let i = 0; i < 2; i++) assert.equal((await operations.prepare(large, undefined, '')).kind, 'ready');
  assert.equal(asked.length, 4);
  assert.ok(operations.cachedBytes <= 4_000);
});

test('the most used texts are prepared ahead on other operations, without those that are refused there', async (t) => {
  const [before, after] = [await preparing(t), await preparing(t)];
  const uses = { a: 3, 'b "1"': 1, 'b "2"': 2, fail: 0 };
  for (const [query, count] of Object.entries(uses)) {
    for (let i = 0; i < count; i++) await before.operations.prepare(query, 'name', '');
  }
  const used = before.operations.mostUsed(2);
  assert.deepEqual(used, [
    { query: 'a', operationName: 'name', denied: '', hits: 3 },
    { query: 'b "2"', operationName: 'name', denied: '', hits: 2 },
  ]);
  await after.operations.warm([{ query: 'refuse', operationName: undefined, denied: '', hits: 9 }, ...used], 20_000);
  assert.deepEqual(after.asked, ['read refuse', 'read a', 'plan a', 'read b "2"', 'plan b "2"']);
  for (const { query, operationName } of used) {
    assert.ok(!(after.operations.prepare(query, operationName, '') instanceof Promise));
  }
  assert.equal(after.asked.length, 5);
});

test('preparing ahead ends when its time is up', async (t) => {
  const { operations } = await preparing(t);
  const hanging = { query: 'hang', operationName: undefined, denied: '', hits: 1 };
  await operations.warm([hanging, { ...hanging, query: 'a' }], 1);
  assert.deepEqual(operations.mostUsed(1), []);
});

test('an operation that fails while it is prepared ahead keeps no other from it', async (t) => {
  const { operations, asked } = await preparing(t);
  const [failing, other] = ['fail', 'a'].map((query) => ({ query, operationName: undefined, denied: '', hits: 1 }));
  assert.ok(failing && other);
  await operations.warm([failing, other], 20_000);
  assert.deepEqual(asked, ['read fail', 'plan fail', 'read a', 'plan a']);
});

test('introspection with variables is answered by a planning process', async (t) => {
  const { operations } = await preparing(t);
  assert.equal(await operations.introspect('any', { name: 'A' }), '{"name":"A"}');
});

test('introspection that cannot be answered says why', async (t) => {
  const { operations, asked } = await preparing(t, { timeoutMs: 1_000 });
  await assert.rejects(operations.introspect('refuse', {}), (error) => {
    assert.ok(error instanceof OperationRefusedError);
    assert.deepEqual(error.errors, [{ message: 'no', extensions: { code: 'NO' } }]);
    return true;
  });
  await assert.rejects(operations.introspect('hang', {}), (error) => {
    assert.ok(error instanceof OperationRefusedError);
    assert.deepEqual(error.errors[0]?.extensions, { code: 'OPERATION_TOO_COMPLEX' });
    return true;
  });
  asked.length = 0;
  await assert.rejects(operations.introspect('hang', { a: 1 }), OperationRefusedError);
  assert.deepEqual(asked, [], 'remembered');
});

/** Operations with the fake planner, and what it is asked. */
async function preparing(t: TestContext, given: { timeoutMs?: number; memoryMb?: number; cacheBytes?: number } = {}) {
  const limits = { timeoutMs: given.timeoutMs ?? 20_000, memoryMb: given.memoryMb ?? 64 };
  const asked: string[] = [];
  class Counted extends PlannerProcess {
    override ask<Q extends Question>(question: Q) {
      asked.push('query' in question ? `${question.kind} ${question.query}` : question.kind);
      return super.ask(question);
    }
  }
  const another = async () => {
    const planner = new Counted({ ...limits, entry });
    await planner.ask({ kind: 'load', sdl: '' });
    return planner;
  };
  const operations = new Operations({
    planner: await another(),
    rules: [],
    another,
    limits,
    cacheBytes: given.cacheBytes ?? 1_000_000,
    log: createLog({ level: 'silent' }),
  });
  t.after(() => operations.close());
  asked.length = 0;
  return { operations, asked };
}
