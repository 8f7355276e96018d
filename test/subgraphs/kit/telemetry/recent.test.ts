import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recent } from '../../../../subgraphs/kit/telemetry/recent.ts';

const minute = 60_000;
const noon = Date.UTC(2026, 0, 1, 12);

test('calls, errors and the slowest stand in their minute, for an hour', () => {
  let now = noon + 59_999;
  const recent = new Recent(() => now);
  recent.add(3, undefined, 'r1');
  recent.add(40, 'SYSTEM_FAILED', 'r2');
  recent.add(2, 'SYSTEM_FAILED', 'r3');
  recent.add(1, 'SYSTEM_TIMEOUT', 'r4');
  now = noon + minute;
  recent.add(5, undefined, 'r5');
  const first = { at: noon, calls: 4, errors: { SYSTEM_FAILED: 2, SYSTEM_TIMEOUT: 1 }, slowestMs: 40 };
  const second = { at: noon + minute, calls: 1, errors: {}, slowestMs: 5 };
  const { minutes, errors } = recent.hour();
  assert.equal(minutes.length, 60);
  assert.deepEqual(minutes.slice(-3), [{ at: noon - minute, calls: 0, errors: {}, slowestMs: 0 }, first, second]);
  assert.deepEqual(
    errors.map(({ code, requestId }) => `${code} ${requestId}`),
    ['SYSTEM_TIMEOUT r4', 'SYSTEM_FAILED r3', 'SYSTEM_FAILED r2'],
  );
  assert.equal(errors[0]?.at, noon + 59_999);

  now = noon + 60 * minute - 1;
  assert.deepEqual(recent.hour().minutes.slice(0, 2), [first, second]);
  now = noon + 60 * minute;
  assert.deepEqual(recent.hour().minutes[0], second);
  assert.deepEqual(recent.hour().errors, [], 'older than the minutes that are told');
  // The place of the first minute is taken by one that is an hour younger.
  recent.add(7, undefined, 'r6');
  assert.deepEqual(recent.hour().minutes.at(-1), { at: noon + 60 * minute, calls: 1, errors: {}, slowestMs: 7 });
  now = noon + 10_000 * minute;
  assert.ok(recent.hour().minutes.every(({ calls }) => calls === 0));
});

test('no more than twenty errors are kept, the latest first', () => {
  const recent = new Recent(() => noon);
  for (let i = 0; i < 25; i++) recent.add(1, 'SYSTEM_FAILED', `r${i}`);
  const { minutes, errors } = recent.hour();
  assert.deepEqual(
    errors.map(({ requestId }) => requestId),
    Array.from({ length: 20 }, (_, i) => `r${24 - i}`),
  );
  assert.deepEqual(minutes.at(-1)?.errors, { SYSTEM_FAILED: 25 });
});
