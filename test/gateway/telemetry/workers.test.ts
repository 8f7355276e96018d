import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, test } from 'node:test';
import type { SystemsReport } from '../../../gateway/telemetry/systems-report.ts';
import { until } from '../fixture.ts';
import { valueIn } from './counted.ts';

const root = resolve(import.meta.dirname, '../../..');

/** What a failed test left behind is stopped, or the run would never end. */
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
});

interface Line {
  readonly msg: string;
  readonly url?: string;
  readonly pid?: number;
  readonly worker?: number;
}

test('whichever of two workers is asked answers for both; one that is held up or ended is missing, not what it counted', async () => {
  const primary = spawn(process.execPath, ['gateway/main.ts', 'start'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      SUPERGRAPH_CONFIG: join(root, 'test/supergraph/supergraph.yaml'),
      AUTHENTICATION: 'off',
      CONSOLE: 'off',
      PORT: '0',
      WORKERS: '2',
    },
  });
  running.add(primary);
  const ended = once(primary, 'exit').finally(() => running.delete(primary));
  const lines: Line[] = [];
  createInterface({ input: primary.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  const serving = () => lines.filter(({ msg }) => msg === 'a worker serves');
  for (const count of [1, 2]) await until(() => serving().length >= count || primary.exitCode !== null);
  const url = lines.find((line) => line.url)?.url ?? '';
  // A connection each, since a worker has whole connections.
  const get = (path: string) => fetch(url + path, { headers: { connection: 'close' } });
  const query = encodeURIComponent('query Invoice { invoice(id: "1490000001") { number } }');
  for (let i = 0; i < 6; i += 1) await (await get(`/graphql?query=${query}`)).json();

  for (let i = 0; i < 4; i += 1) {
    const text = await (await get('/metrics')).text();
    assert.equal(valueIn(text, 'junction_requests_total', { operation: 'Invoice' }), 6);
    assert.equal(valueIn(text, 'junction_request_duration_seconds_count', { operation: 'Invoice' }), 6);
    assert.equal(valueIn(text, 'junction_fetches_total', { subgraph: 'finance', code: 'OK' }), 6);
    assert.equal(valueIn(text, 'junction_system_calls_total', { subgraph: 'finance', code: 'OK' }), 6);
    assert.equal(valueIn(text, 'junction_supergraph_info'), 2);
    assert.equal(valueIn(text, 'junction_workers', { state: 'answering' }), 2);
    assert.equal(valueIn(text, 'junction_workers', { state: 'missing' }), 0);
  }
  for (let i = 0; i < 2; i += 1) {
    const { gateway, subgraphs } = (await (await get('/systems.json')).json()) as SystemsReport;
    const finance = subgraphs.find(({ name }) => name === 'finance');
    assert.deepEqual(gateway.workers, { answering: 2, missing: 0 });
    for (const hour of [gateway.lastHour, finance?.lastHour, finance?.system?.lastHour])
      assert.equal(
        hour?.minutes.reduce((sum, { calls }) => sum + calls, 0),
        6,
      );
  }

  const held = serving()[1]?.pid as number;
  process.kill(held, 'SIGSTOP');
  // One of them may have been handed to the worker that is held up.
  const text = await Promise.any([get('/metrics'), get('/metrics')].map(async (each) => (await each).text()));
  assert.equal(valueIn(text, 'junction_workers', { state: 'answering' }), 1);
  assert.equal(valueIn(text, 'junction_workers', { state: 'missing' }), 1);
  // A sum that fell would be counted a second time by Prometheus.
  assert.equal(valueIn(text, 'junction_requests_total', { operation: 'Invoice' }), 6);
  process.kill(held, 'SIGKILL');
  await until(() => serving().length === 3 || primary.exitCode !== null);
  for (let i = 0; i < 2; i += 1) {
    const later = await (await get('/metrics')).text();
    assert.equal(valueIn(later, 'junction_workers', { state: 'answering' }), 2);
    assert.equal(valueIn(later, 'junction_requests_total', { operation: 'Invoice' }), 6);
    assert.equal(valueIn(later, 'junction_request_duration_seconds_count', { operation: 'Invoice' }), 6);
  }
  primary.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});
