import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Rate } from '../../../../gateway/access/limits/rate.ts';

function counted(rate: Rate, id: string, requests: number): number {
  let allowed = 0;
  for (let i = 0; i < requests; i++) if (rate.take(id).allowed) allowed += 1;
  return allowed;
}

test('a burst passes, then what the rate adds; who is refused is told when to come back', () => {
  let now = 5;
  const rate = new Rate({ per_second: 500, burst: 1000 }, () => now);
  assert.equal(counted(rate, 'a', 3000), 1000);
  assert.deepEqual(rate.take('a'), { allowed: false, retryAfterS: 1 });
  assert.equal(counted(rate, 'b', 1), 1, 'another caller');
  now += 100;
  assert.equal(counted(rate, 'a', 3000), 50);
  now += 3_600_000;
  assert.equal(counted(rate, 'a', 3000), 1000, 'no more than a burst after any rest');

  const slow = new Rate({ per_second: 1, burst: 2 }, () => now);
  assert.equal(counted(slow, 'a', 9), 2);
  now += 400;
  assert.deepEqual(slow.take('a'), { allowed: false, retryAfterS: 1 });
  now += 600;
  assert.equal(counted(slow, 'a', 9), 1);
});

test('any order of requests passes just as a bucket of tokens says', () => {
  const step = fc.record({ ms: fc.integer({ min: 0, max: 400 }), id: fc.constantFrom('a', 'b', '__proto__') });
  fc.assert(
    fc.property(
      fc.constantFrom(1, 4, 10, 125),
      fc.integer({ min: 1, max: 12 }),
      fc.array(step, { maxLength: 200 }),
      (per_second, burst, steps) => {
        let now = 0;
        const rate = new Rate({ per_second, burst }, () => now);
        const intervalMs = 1000 / per_second;
        const buckets = new Map<string, { ms: number; at: number }>();
        for (const { ms, id } of steps) {
          now += ms;
          const bucket = buckets.get(id) ?? { ms: burst * intervalMs, at: now };
          bucket.ms = Math.min(burst * intervalMs, bucket.ms + now - bucket.at);
          bucket.at = now;
          buckets.set(id, bucket);
          const expected = bucket.ms >= intervalMs;
          const retryAfterS = Math.ceil((intervalMs - bucket.ms) / 1000);
          if (expected) bucket.ms -= intervalMs;
          assert.deepEqual(rate.take(id), expected ? { allowed: true } : { allowed: false, retryAfterS });
        }
      },
    ),
  );
});

test('a million ids at 20,000 a second take no more memory than one interval lets in', () => {
  let now = 0;
  const rate = new Rate({ per_second: 50, burst: 200 }, () => now);
  let most = 0;
  for (let i = 0; i < 1_000_000; i++) {
    now += 0.05;
    rate.take(`address ${i}`);
    most = Math.max(most, rate.size);
  }
  // One interval of 20 ms lets in 400.
  assert.ok(most <= 1_200, `${most} ids were kept`);
});

test('a flood of other ids within one moment is bounded, and clears nobody’s bucket but those that asked least', () => {
  const rate = new Rate({ per_second: 1, burst: 100 }, () => 0, 1_000);
  assert.equal(counted(rate, 'busy', 200), 100);
  for (let i = 0; i < 100_000; i++) rate.take(`address ${i}`);
  assert.equal(rate.size, 1_000);
  assert.equal(rate.take('busy').allowed, false);
});

test('a request that was another’s is forgotten', () => {
  const rate = new Rate({ per_second: 1, burst: 3 }, () => 0);
  for (let i = 0; i < 10; i++) {
    assert.equal(rate.take('address').allowed, true);
    rate.giveBack('address');
  }
  rate.giveBack('nobody');
  assert.equal(counted(rate, 'address', 10), 3);
  assert.equal(rate.size, 1);
});
