import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, test } from 'node:test';
import { folderWith, served, until } from './fixture.ts';

const root = resolve(import.meta.dirname, '../..');
const supergraph = join(root, 'test/supergraph/supergraph.yaml');

/** What a failed test left behind is stopped, or the run would never end. */
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
});

interface Line {
  readonly msg: string;
  readonly worker?: number;
  readonly pid?: number;
  readonly url?: string;
  readonly path?: string;
}

/** Starts two workers as a process group of their own, and waits until both serve. */
async function start(command: 'start' | 'gateway', environment: Record<string, string>) {
  const primary = spawn(process.execPath, ['gateway/main.ts', command], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      SUPERGRAPH_CONFIG: supergraph,
      AUTHENTICATION: 'off',
      PORT: '0',
      WORKERS: '2',
      ...environment,
    },
  });
  running.add(primary);
  const ended = once(primary, 'exit').finally(() => running.delete(primary));
  const lines: Line[] = [];
  createInterface({ input: primary.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  const serving = () => lines.filter(({ msg }) => msg === 'a worker serves');
  await until(() => serving().length === 2 || primary.exitCode !== null);
  const ready = lines.filter(({ msg }) => msg === 'ready');
  assert.equal(ready.length, 1, 'it is announced once');
  return { primary, ended, lines, serving, url: ready[0]?.url ?? '', group: primary.pid as number };
}

/** A supergraph whose subgraphs are all behind one URL. */
async function behind(t: Parameters<typeof folderWith>[0], origin: string): Promise<string> {
  const text = readFileSync(supergraph, 'utf8')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, origin)
    .replaceAll('file: ../..', `file: ${root}`);
  return join(await folderWith(t, { 'supergraph.yaml': text }), 'supergraph.yaml');
}

/** The status of an answer over a connection of its own. */
function status(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent: new Agent({ keepAlive: false }), timeout: 10_000 }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer within 10 s'))).on('error', reject);
  });
}

test('two workers answer in turn, on one company of demo systems, which the first process runs', async () => {
  const { primary, ended, lines, serving, url, group } = await start('start', {
    LOG_LEVEL: 'debug',
    AUTHENTICATION: 'on',
  });
  assert.equal(new Set(serving().map(({ pid }) => pid)).size, 2);
  const query = encodeURIComponent('{ invoice(id: "1490000001") { number } }');
  // Whichever of the two gave it, both know it.
  const authorization = `Bearer ${await (await fetch(`${url}/demo/agent`, { headers: { connection: 'close' } })).text()}`;
  for (let i = 0; i < 10; i += 1) {
    const response = await fetch(`${url}/graphql?query=${query}`, { headers: { authorization, connection: 'close' } });
    assert.deepEqual(await response.json(), { data: { invoice: { number: 'RE-2025-90000001' } } });
  }
  const answers = () => lines.filter(({ msg, path }) => msg === 'request' && path === '/graphql');
  await until(() => answers().length === 10);
  const by = (worker: number) => answers().filter((line) => line.worker === worker).length;
  assert.deepEqual([by(1), by(2)], [5, 5]);

  const demo = processes(group).filter(({ command }) => command.includes('\0demo\0'));
  assert.ok(demo.length > 0);
  assert.deepEqual([...new Set(demo.map(({ parent }) => parent))], [group]);
  primary.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
  assert.deepEqual(processes(group), [], 'a process is left');
});

test('a worker that is killed comes back, and connections go to the other one meanwhile', async (t) => {
  const { primary, ended, serving, lines, url } = await start('gateway', {
    SUPERGRAPH_CONFIG: await behind(t, 'http://127.0.0.1:9'),
  });
  process.kill(serving()[0]?.pid as number, 'SIGKILL');
  const told = () => lines.filter(({ msg }) => msg === 'a worker ended unexpectedly; another one is started');
  // One that is being handed to the worker just then is lost.
  await until(() => told().length > 0);
  const statuses = new Set<number | undefined>();
  await until(async () => {
    const all = Array.from({ length: 8 }, () => status(`${url}/graphql?query={__typename}`));
    for (const each of await Promise.all(all)) statuses.add(each);
    return serving().length === 3;
  });
  assert.deepEqual([...statuses], [200]);
  assert.deepEqual(
    told().map(({ worker, pid }) => [worker, pid]),
    [[serving()[0]?.worker, serving()[0]?.pid]],
  );
  primary.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});

test('SIGTERM while killed workers are replaced: exit 0, nothing is left running or started', async (t) => {
  const { primary, ended, serving, lines, group } = await start('gateway', {
    SUPERGRAPH_CONFIG: await behind(t, 'http://127.0.0.1:9'),
  });
  for (const { pid } of serving()) process.kill(pid as number, 'SIGKILL');
  await until(() => lines.filter(({ msg }) => msg.startsWith('a worker ended unexpectedly')).length === 2);
  // One starts, the other one waits for its time.
  await until(() => processes(group).filter(({ command }) => !command.includes('planner-process')).length === 2);
  primary.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
  // The planners of workers that were killed end by themselves, when they find their gateway gone.
  await until(() => processes(group).length === 0);
});

test('SIGTERM while a query runs: it is answered, exit 0, nothing is left running', async (t) => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let asked = 0;
  const subgraph = await served(t, async (_body, response) => {
    asked += 1;
    await released;
    response.setHeader('content-type', 'application/json').end('{"data":{"order":{"number":"1"}}}');
  });
  const { primary, ended, lines, url, group } = await start('gateway', {
    SUPERGRAPH_CONFIG: await behind(t, new URL(subgraph).origin),
    FETCH_TIMEOUT_MS: '60000',
    REQUEST_TIMEOUT_MS: '60000',
  });
  const query = encodeURIComponent('{ order(id: "1") { number } }');
  const before = asked;
  const answer = fetch(`${url}/graphql?query=${query}`);
  await until(() => asked > before);
  primary.kill('SIGTERM');
  // The primary process and both workers.
  await until(() => lines.filter(({ msg }) => msg.startsWith('stopping')).length === 3);
  release();
  assert.deepEqual(await (await answer).json(), { data: { order: { number: '1' } } });
  assert.deepEqual(await ended, [0, null]);
  assert.deepEqual(processes(group), [], 'a process is left');
});

test('what is wrong with the settings is told once', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const environment = { PORT: String(port), REQUEST_TIMEOUT_MS: 'soon', WORKERS: '2', ORDERS_URL: 'db.example' };
  assert.deepEqual(await failing(environment), [
    1,
    `Junction did not start, for 3 reasons:
  - REQUEST_TIMEOUT_MS: expected a whole number from 1 to 600000, got "soon".
  - PORT: ${port} is in use. Stop what listens there, or set PORT to another.
  - orders: ORDERS_URL: expected the URL of a database, such as postgres://db.example/shop or sqlite:/var/lib/shop.db; got a value without a scheme.
`,
  ]);
  const wrong = { WORKERS: 'many', INTROSPECTION: 'yes', CONSOLE: 'maybe', SUPERGRAPH_CONFIG: supergraph };
  assert.deepEqual(await failing(wrong), [
    1,
    `Junction did not start, for 3 reasons:
  - WORKERS: expected auto or a whole number from 1 to 256, got "many".
  - INTROSPECTION: expected one of on, off, got "yes".
  - CONSOLE: expected one of on, off, got "maybe".
`,
  ]);
});

async function failing(environment: Record<string, string>): Promise<[unknown, string]> {
  const child = spawn(process.execPath, ['gateway/main.ts', 'start'], {
    cwd: root,
    detached: true,
    env: { ...process.env, SUPERGRAPH_CONFIG: supergraph, ...environment },
  });
  running.add(child);
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  running.delete(child);
  return [code, text];
}

/** The processes of a group, by what the kernel tells. */
function processes(group: number): { parent: number; command: string }[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [state, parent, leader] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A killed worker's own child has ended too, but nobody may ask after it.
      if (Number(leader) !== group || state === 'Z') return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      // One that is ending has no memory any more, and with it no command line, before it is a zombie.
      return command === '' ? [] : [{ parent: Number(parent), command }];
    } catch {
      return [];
    }
  });
}
