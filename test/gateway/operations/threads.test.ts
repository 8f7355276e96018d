import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Question } from '../../../gateway/operations/planner-thread.ts';
import { PlanningThread, ThreadEndedError } from '../../../gateway/operations/thread.ts';
import {
  BusyError,
  PlanningBudgetError,
  PlanningThreads,
  type PlanningThreadsOptions,
} from '../../../gateway/operations/threads.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { until } from '../fixture.ts';

const entry = new URL('fake-planner.ts', import.meta.url);
const limits = { timeoutMs: 20_000, memoryMb: 64 };

test('one thread does it all, one after the other, as long as nothing takes long', async (t) => {
  const { plan, started } = await pool(t);
  assert.deepEqual(await Promise.all(['a', 'b', 'c'].map(plan)), ['a', 'b', 'c']);
  assert.equal(started(), 1);
});

test('a second thread does what waits behind something long', async (t) => {
  const { plan, started, threads } = await pool(t, { patienceMs: 1 });
  const long = Promise.allSettled([plan('hang')]);
  assert.deepEqual(await Promise.all(['a', 'b'].map(plan)), ['a', 'b']);
  assert.equal(started(), 2);
  await threads.close();
  assert.equal((await long)[0]?.status, 'rejected');
});

test('of two threads with nothing to do one ends', async (t) => {
  const file = await fileIn(t);
  const { threads, started, ended } = await pool(t, { patienceMs: 1, idleMs: 1 });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const long = threads.run(() => held, 1);
  await threads.run(async () => {}, 1);
  assert.equal(started(), 2);
  release();
  await long;
  await until(() => ended() === 1);
  assert.equal(await threads.run((thread) => thread.ask(asking(`die once ${file}`)).then(() => 'still'), 1), 'still');
});

test('what takes too long ends with its thread; what waits behind it is done by another', async (t) => {
  const { plan, started, ended } = await pool(t, { limits: { ...limits, timeoutMs: 1_000 }, patienceMs: 100_000 });
  const [hanging, ...waiting] = await Promise.allSettled(['hang', 'a', 'b'].map(plan));
  assert.ok(hanging?.status === 'rejected' && hanging.reason instanceof PlanningBudgetError);
  assert.equal(hanging.reason.budget, 'time');
  assert.deepEqual(
    waiting.map((each) => each.status === 'fulfilled' && each.value),
    ['a', 'b'],
  );
  assert.deepEqual([started(), ended()], [2, 1]);
});

test('what takes too much memory ends with its thread', async (t) => {
  const { plan, started } = await pool(t, { limits: { ...limits, memoryMb: 16 } });
  const [eating, waiting] = await Promise.allSettled(['eat', 'a'].map(plan));
  assert.ok(eating?.status === 'rejected' && eating.reason instanceof PlanningBudgetError);
  assert.equal(eating.reason.budget, 'memory');
  assert.ok(waiting?.status === 'fulfilled' && waiting.value === 'a');
  assert.equal(started(), 2);
});

test('when a thread dies, what it did is done once more by another', async (t) => {
  const file = await fileIn(t);
  const { plan, started } = await pool(t);
  const both = Promise.all([plan(`die once ${file}`), plan('a')]);
  assert.deepEqual(await both, [`die once ${file}`, 'a']);
  assert.equal(started(), 2);
});

test('what kills two threads is not tried a third time', async (t) => {
  const { plan, started } = await pool(t);
  await assert.rejects(plan('die'), (error) => error instanceof ThreadEndedError && error.reason === 'died');
  assert.equal(await plan('a'), 'a');
  assert.equal(started(), 3);
});

test('a thread that dies while it has nothing to do is replaced', async (t) => {
  const { plan, first, started } = await pool(t);
  assert.equal(await plan('a'), 'a');
  await first.ask(asking('die')).catch(() => {});
  await until(() => started() === 2);
  assert.equal(await plan('b'), 'b');
});

test('a fault of the planner costs nothing but its operation', async (t) => {
  const { plan, started } = await pool(t);
  await assert.rejects(plan('fail'), /the planner has a fault/);
  assert.equal(await plan('a'), 'a');
  assert.equal(started(), 1);
});

test('the queue is bounded in length and in characters', async (t) => {
  for (const queue of [
    { length: 2, characters: 100 },
    { length: 100, characters: 2 },
  ]) {
    const { threads } = await pool(t, { queue, patienceMs: 100_000 });
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const done = ['held', 'a', 'b'].map((name) => threads.run(() => held.then(() => name), 1));
    await assert.rejects(
      threads.run(async () => {}, 1),
      BusyError,
    );
    release();
    assert.deepEqual(await Promise.all(done), ['held', 'a', 'b']);
    assert.equal(await threads.run(async () => 'again', 1), 'again');
  }
});

test('what has waited too long is not done any more', async (t) => {
  const { threads } = await pool(t, { waitMs: -1 });
  await assert.rejects(
    threads.run(async () => assert.fail('it is too late'), 1),
    BusyError,
  );
});

test('where no thread can be started, nobody waits for ever, and the next one tries again', async (t) => {
  let fails = true;
  const { plan } = await pool(t, {
    limits: { ...limits, timeoutMs: 1_000 },
    another: async () => {
      if (fails) throw new Error('no more threads');
      const thread = new PlanningThread({ ...limits, entry });
      await thread.ask({ kind: 'load', sdl: '' });
      return thread;
    },
  });
  const [hanging, waiting] = await Promise.allSettled(['hang', 'a'].map(plan));
  assert.ok(hanging?.status === 'rejected' && hanging.reason instanceof PlanningBudgetError);
  assert.ok(waiting?.status === 'rejected' && /no more threads/.test(String(waiting.reason)));
  fails = false;
  assert.equal(await plan('b'), 'b');
});

test('closing does not wait for a thread that is still being started', { timeout: 20_000 }, async (t) => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const { first, threads } = await pool(t, {
    another: (signal) => {
      onAsked();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  });
  await first.ask(asking('die')).catch(() => {});
  await asked;
  await threads.close();
});

test('after closing nothing is begun', async (t) => {
  const { plan, threads } = await pool(t);
  const early = Promise.allSettled(['hang', 'a'].map(plan));
  await threads.close();
  const results = [...(await early), ...(await Promise.allSettled([plan('b')]))];
  for (const result of results) assert.ok(result.status === 'rejected' && result.reason instanceof ThreadEndedError);
});

function asking(query: string): Extract<Question, { kind: 'plan' }> {
  return { kind: 'plan', query, operationName: undefined };
}

/** Threads of the fake planner. */
async function pool(t: TestContext, options: Partial<PlanningThreadsOptions> = {}) {
  const made: PlanningThread[] = [];
  let ended = 0;
  class Counted extends PlanningThread {
    override async end(): Promise<void> {
      ended += 1;
      await super.end();
    }
  }
  const make = async () => {
    const thread = new Counted({ ...limits, ...options.limits, entry });
    made.push(thread);
    await thread.ask({ kind: 'load', sdl: '' });
    return thread;
  };
  const first = await make();
  const log = createLog({ level: 'silent' });
  const threads = new PlanningThreads({ first, another: make, limits, log, ...options });
  t.after(() => threads.close());
  return {
    threads,
    first,
    started: () => made.length,
    ended: () => ended,
    plan: (query: string): Promise<string> =>
      threads.run(async (thread) => {
        const planning = await thread.ask(asking(query));
        return planning.kind === 'planned' ? planning.id : 'refused';
      }, query.length),
  };
}

async function fileIn(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'junction-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 'died');
}
