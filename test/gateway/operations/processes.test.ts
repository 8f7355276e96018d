import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Question } from '../../../gateway/operations/planner-process.ts';
import { PlannerProcess, ProcessEndedError } from '../../../gateway/operations/process.ts';
import {
  BusyError,
  PlannerProcesses,
  type PlannerProcessesOptions,
  PlanningBudgetError,
} from '../../../gateway/operations/processes.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { until } from '../fixture.ts';

const entry = new URL('fake-planner.ts', import.meta.url);
const limits = { timeoutMs: 20_000, memoryMb: 64 };

test('one process does it all, one after the other, as long as nothing takes long', async (t) => {
  const { plan, started } = await pool(t);
  assert.deepEqual(await Promise.all(['a', 'b', 'c'].map(plan)), ['a', 'b', 'c']);
  assert.equal(started(), 1);
});

test('a second process does what waits behind something long', async (t) => {
  const { plan, started, planners } = await pool(t, { patienceMs: 1 });
  const long = Promise.allSettled([plan('hang')]);
  assert.deepEqual(await Promise.all(['a', 'b'].map(plan)), ['a', 'b']);
  assert.equal(started(), 2);
  await planners.close();
  assert.equal((await long)[0]?.status, 'rejected');
});

test('of two processes with nothing to do one ends', async (t) => {
  const file = await fileIn(t);
  const { planners, started, ended } = await pool(t, { patienceMs: 1, idleMs: 1 });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const long = planners.run(() => held, 1);
  await planners.run(async () => {}, 1);
  assert.equal(started(), 2);
  release();
  await long;
  await until(() => ended() === 1);
  assert.equal(
    await planners.run((planner) => planner.ask(asking(`die once ${file}`)).then(() => 'still'), 1),
    'still',
  );
});

test('what takes too long ends with its process; what waits behind it is done by another', async (t) => {
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

test('what takes too much memory ends with its process', async (t) => {
  const { plan, started } = await pool(t, { limits: { ...limits, memoryMb: 16 } });
  const [eating, waiting] = await Promise.allSettled(['eat', 'a'].map(plan));
  assert.ok(eating?.status === 'rejected' && eating.reason instanceof PlanningBudgetError);
  assert.equal(eating.reason.budget, 'memory');
  assert.ok(waiting?.status === 'fulfilled' && waiting.value === 'a');
  assert.equal(started(), 2);
});

test('when a process dies, what it did is done once more by another', async (t) => {
  const file = await fileIn(t);
  const { plan, started } = await pool(t);
  const both = Promise.all([plan(`die once ${file}`), plan('a')]);
  assert.deepEqual(await both, [`die once ${file}`, 'a']);
  assert.equal(started(), 2);
});

test('what kills two processes is not tried a third time', async (t) => {
  const { plan, started } = await pool(t);
  await assert.rejects(plan('die'), (error) => error instanceof ProcessEndedError && error.reason === 'died');
  assert.equal(await plan('a'), 'a');
  assert.equal(started(), 3);
});

test('a process that dies while it has nothing to do is replaced', async (t) => {
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
    const { planners } = await pool(t, { queue, patienceMs: 100_000 });
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const done = ['held', 'a', 'b'].map((name) => planners.run(() => held.then(() => name), 1));
    await assert.rejects(
      planners.run(async () => {}, 1),
      BusyError,
    );
    release();
    assert.deepEqual(await Promise.all(done), ['held', 'a', 'b']);
    assert.equal(await planners.run(async () => 'again', 1), 'again');
  }
});

test('what has waited too long is not done any more', async (t) => {
  const { planners } = await pool(t, { waitMs: -1 });
  await assert.rejects(
    planners.run(async () => assert.fail('it is too late'), 1),
    BusyError,
  );
});

test('where no process can be started, nobody waits for ever, and the next one tries again', async (t) => {
  let fails = true;
  const { plan } = await pool(t, {
    limits: { ...limits, timeoutMs: 1_000 },
    another: async () => {
      if (fails) throw new Error('no more planners');
      const planner = new PlannerProcess({ ...limits, entry });
      await planner.ask({ kind: 'load', sdl: '' });
      return planner;
    },
  });
  const [hanging, waiting] = await Promise.allSettled(['hang', 'a'].map(plan));
  assert.ok(hanging?.status === 'rejected' && hanging.reason instanceof PlanningBudgetError);
  assert.ok(waiting?.status === 'rejected' && /no more planners/.test(String(waiting.reason)));
  fails = false;
  assert.equal(await plan('b'), 'b');
});

test('closing does not wait for a process that is still being started', { timeout: 20_000 }, async (t) => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const { first, planners } = await pool(t, {
    another: (signal) => {
      onAsked();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  });
  await first.ask(asking('die')).catch(() => {});
  await asked;
  await planners.close();
});

test('after closing nothing is begun', async (t) => {
  const { plan, planners } = await pool(t);
  const early = Promise.allSettled(['hang', 'a'].map(plan));
  await planners.close();
  const results = [...(await early), ...(await Promise.allSettled([plan('b')]))];
  for (const result of results) assert.ok(result.status === 'rejected' && result.reason instanceof ProcessEndedError);
});

function asking(query: string): Extract<Question, { kind: 'plan' }> {
  return { kind: 'plan', query, operationName: undefined };
}

/** Threads of the fake planner. */
async function pool(t: TestContext, options: Partial<PlannerProcessesOptions> = {}) {
  const made: PlannerProcess[] = [];
  let ended = 0;
  class Counted extends PlannerProcess {
    override async end(): Promise<void> {
      ended += 1;
      await super.end();
    }
  }
  const make = async () => {
    const planner = new Counted({ ...limits, ...options.limits, entry });
    made.push(planner);
    await planner.ask({ kind: 'load', sdl: '' });
    return planner;
  };
  const first = await make();
  const log = createLog({ level: 'silent' });
  const planners = new PlannerProcesses({ first, another: make, limits, log, ...options });
  t.after(() => planners.close());
  return {
    planners,
    first,
    started: () => made.length,
    ended: () => ended,
    plan: (query: string): Promise<string> =>
      planners.run(async (planner) => {
        const planning = await planner.ask(asking(query));
        return planning.kind === 'planned' ? planning.id : 'refused';
      }, query.length),
  };
}

async function fileIn(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'junction-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 'died');
}
