import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limit } from '../../../../subgraphs/kit/sources/limit.ts';

const { signal } = new AbortController();

/** A task that runs until it is told to end. */
function task(started: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const run = () => {
    started.push(name);
    return promise;
  };
  return { run, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

describe('limit', () => {
  test('so many at a time, in the order in which they came; a failure frees its place too', async () => {
    const started: string[] = [];
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => task(started, name)) as [Task, Task, Task, Task];
    const inTurn = limit(2);
    const running = [a, b, c, d].map(({ run }) => inTurn(run, signal));
    assert.deepEqual(started, ['a', 'b']);
    b.fail();
    await assert.rejects(running[1] as Promise<string>, { message: 'b' });
    assert.deepEqual(started, ['a', 'b', 'c']);
    for (const each of [a, c, d]) each.end();
    assert.deepEqual(await Promise.all([running[0], running[2], running[3]]), ['a', 'c', 'd']);
    assert.deepEqual(started, ['a', 'b', 'c', 'd']);
  });

  test('one that is given up leaves the line and never starts', async () => {
    const started: string[] = [];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => task(started, name)) as [Task, Task, Task];
    const inTurn = limit(1);
    const controller = new AbortController();
    const first = inTurn(a.run, signal);
    const given = inTurn(b.run, controller.signal);
    const last = inTurn(c.run, signal);
    controller.abort(new Error('gone'));
    await assert.rejects(given, { message: 'gone' });
    a.end();
    await first;
    c.end();
    assert.equal(await last, 'c');
    assert.deepEqual(started, ['a', 'c']);
  });
});

type Task = ReturnType<typeof task>;
