import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
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

test('that a process died while it has nothing to do is logged', async (t) => {
  const log = createLog({ level: 'silent' });
  const error = t.mock.method(log, 'error');
  const { first, started } = await pool(t, { log });
  await first.ask(asking('die')).catch(() => {});
  await until(() => started() === 2);
  assert.deepEqual(
    error.mock.calls.map(({ arguments: [, message] }) => message),
    ['a planning process died'],
  );
});

test('a question that can not be sent was never asked', async (t) => {
  const planner = new PlannerProcess({ ...limits, entry });
  t.after(() => planner.end());
  const variables = { unsendable: () => {} };
  await assert.rejects(planner.ask({ kind: 'introspect', query: 'a', variables }), /could not be cloned/);
  assert.equal(await planner.ask({ kind: 'introspect', query: 'a', variables: {} }), '{}');
});

test('a process that can not be started says so, once, to whoever asked', async () => {
  const script = `
    process.execPath = '/nowhere/node';
    const planner = new PlannerProcess(${JSON.stringify(limits)});
    planner.onDeath = ({ cause }) => console.log(cause.message);
    await planner.ask({ kind: 'load', sdl: '' }).catch((error) => console.log(error.name, error.reason));`;
  assert.equal(await printed(script), 'spawn /nowhere/node ENOENT\nProcessEndedError died\n');
});

test('where no more files can be opened, whoever asks is told', async () => {
  const script = `
    import { openSync } from 'node:fs';
    try { for (;;) openSync('/dev/null'); } catch {}
    const planner = new PlannerProcess(${JSON.stringify(limits)});
    await planner.ask({ kind: 'load', sdl: '' }).catch((error) => console.log(error.name, error.cause.code));
    await planner.end();`;
  assert.equal(await printed(script, 'ulimit -n 200; '), 'ProcessEndedError EMFILE\n');
});

test('who waits for the end of a process gets it, though nothing else goes on', async () => {
  const script = `
    const planner = new PlannerProcess(${JSON.stringify(limits)});
    await planner.end();
    console.log('ended');`;
  assert.equal(await printed(script), 'ended\n');
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

test('who wants much waits for it; others take turns with them, and find room', async (t) => {
  for (const queue of [
    { length: 8, characters: 1_000 },
    { length: 1_000, characters: 8 },
  ]) {
    const { planners } = await pool(t, { queue, patienceMs: 100_000 });
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const done: string[] = [];
    const first = planners.run(() => held, 1, 'mallory');
    const ask = (who: string, name: string) => planners.run(async () => void done.push(name), 1, who);
    const many = await Promise.all(
      ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'].map((name) =>
        Promise.race([ask('mallory', name), nextTurn()]).catch(nameOf),
      ),
    );
    assert.deepEqual(many, [...Array(4), 'BusyError', 'BusyError']);
    const others = [ask('ann', 'a1'), ask('ann', 'a2'), ask('ben', 'b1')];
    release();
    await Promise.all([first, ...others]);
    await until(() => done.length === 7);
    assert.deepEqual(done, ['m1', 'a1', 'b1', 'm2', 'a2', 'm3', 'm4']);
  }
});

test('who wants what takes too much has one process, and others the other one', async (t) => {
  const { planners, started } = await pool(t, { limits: { ...limits, timeoutMs: 1_000 }, patienceMs: 1 });
  const run = (who: string, query: string) => planners.run((planner) => planner.ask(asking(query)), 1, who);
  const first = run('mallory', 'hang').catch(nameOf);
  await until(() => started() === 2);
  assert.equal(await first, 'PlanningBudgetError');
  const results: string[] = [];
  const more = Promise.all(
    ['hang', 'hang', 'hang'].map((query) => run('mallory', query).catch((error: Error) => results.push(error.name))),
  );
  for (let i = 0; i < 5; i++) await run('ann', 'a').then(() => results.push('a'));
  assert.ok(results.filter((each) => each !== 'a').length < 2, results.join(' '));
  await more;
});

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const nameOf = ({ name }: Error) => name;

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

/** Processes of the fake planner. */
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

/** What a process of its own prints that runs a script. It fails if that does not end well. */
async function printed(script: string, before = ''): Promise<string> {
  const from = new URL('../../../gateway/operations/process.ts', import.meta.url).href;
  const text = `import { PlannerProcess } from '${from}';\n${script}`;
  const args = ['-c', `${before}exec "$0" --input-type=module --eval "$1"`, process.execPath, text];
  return (await promisify(execFile)('/bin/sh', args, { timeout: 20_000 })).stdout;
}

async function fileIn(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'junction-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 'died');
}
