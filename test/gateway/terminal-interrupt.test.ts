import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, type TestContext, test } from 'node:test';
import { until } from './fixture.ts';

const root = resolve(import.meta.dirname, '../..');
const scale = '8';

/** What a failed test left behind is stopped, or the run would never end. */
const groups = new Set<number>();
afterEach(() => {
  for (const pid of groups) if (isThere(-pid)) process.kill(-pid, 'SIGKILL');
  groups.clear();
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

interface Seeding {
  readonly child: ChildProcess;
  readonly pid: number;
  files(): readonly string[];
}

/** Starts a command that makes the demo company, as the leader of a process group, and waits until it writes. */
async function seeding(t: TestContext, ...command: readonly string[]): Promise<Seeding> {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, [join(root, 'gateway/main.ts'), ...command], {
    cwd: root,
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      SUPERGRAPH_CONFIG: join(root, 'test/supergraph/supergraph.yaml'),
      AUTHENTICATION: 'off',
      PORT: '0',
      DEMO_FOLDER: folder,
      DEMO_SCALE: scale,
    },
  });
  const pid = child.pid as number;
  groups.add(pid);
  const home = join(folder, `demo-1-${scale}`);
  const files = () => (existsSync(home) ? readdirSync(home) : []);
  await until(() => files().some((name) => /^(shop|erp|warehouse)\.db\..*tmp$/.test(name)));
  return { child, pid, files };
}

/** Nothing runs any more, and nothing is left that was begun. */
async function leavesNothing({ pid, files }: Seeding): Promise<void> {
  await until(() => !isThere(-pid));
  assert.deepEqual(
    files().filter((name) => !/^\w+\.db$/.test(name)),
    [],
  );
  // What took longest is not there: it was written by nobody to the end.
  assert.ok(!files().includes('erp.db'), 'the data was whole before the signal came');
}

test('Ctrl-C in a terminal, which reaches every process, while data is written: all ends at once', async (t) => {
  const started = await seeding(t, 'start');
  const ended = once(started.child, 'exit');
  process.kill(-started.pid, 'SIGINT');
  assert.deepEqual(await ended, [null, 'SIGINT']);
  await leavesNothing(started);
});

test('SIGTERM to the gateway alone while data is written: its processes end with it', async (t) => {
  const started = await seeding(t, 'start');
  const ended = once(started.child, 'exit');
  started.child.kill('SIGTERM');
  assert.deepEqual(await ended, [null, 'SIGTERM']);
  await leavesNothing(started);
});

test('a gateway that is killed while data is written: its processes notice, and clear up', async (t) => {
  const started = await seeding(t, 'start');
  started.child.kill('SIGKILL');
  await leavesNothing(started);
});

test('the same for a check', async (t) => {
  const started = await seeding(t, 'check');
  const ended = once(started.child, 'exit');
  started.child.kill('SIGINT');
  assert.deepEqual(await ended, [null, 'SIGINT']);
  await leavesNothing(started);
});

test('a signal that comes while somebody else takes over is not lost: it is theirs', () => {
  const script = `
    import { endAtOnce } from ${JSON.stringify(join(root, 'gateway/terminal/interrupt.ts'))};
    const undo = endAtOnce();
    process.kill(process.pid, 'SIGINT');
    undo();
    process.on('SIGINT', () => process.exit(7));
    setTimeout(() => process.exit(3), 5_000);`;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script]);
  assert.equal(status, 7);
});
