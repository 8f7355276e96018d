import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusKeeper } from '../../gateway/supergraph/status.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { StartupError } from '../../subgraphs/kit/errors.ts';

test('each error of Junction itself is logged, the same one once', () => {
  const { keeper, log } = kept();
  for (const message of ['one', 'one', 'two']) keeper.outdated(new TypeError(message));
  assert.deepEqual(
    log.map(({ err }) => (err as Error).message),
    ['one', 'two'],
  );
});

test('of many faults the first are told, and how many more there are', () => {
  const { keeper, log } = kept();
  keeper.outdated(new StartupError(Array.from({ length: 50 }, (_, i) => `fault ${i}`)));
  const { status } = keeper;
  assert.ok(status.status === 'outdated');
  assert.equal(status.faults.length, 21);
  assert.deepEqual(status.faults.slice(19), ['fault 19', 'and 30 more.']);
  assert.deepEqual(log[0]?.faults, status.faults);
});

function kept() {
  const log: Record<string, unknown>[] = [];
  const keeper = new StatusKeeper(
    createLog({ level: 'info', output: { write: (line: string) => log.push(JSON.parse(line)) } }),
  );
  return { keeper, log };
}
