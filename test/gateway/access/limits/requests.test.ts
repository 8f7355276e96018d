import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../../../gateway/access/caller.ts';
import { RequestLimits } from '../../../../gateway/access/limits/requests.ts';
import { defaultConfigFile } from '../../../../gateway/config-file.ts';
import type { HttpAnswer } from '../../../../gateway/http/refusal.ts';
import { createLog } from '../../../../gateway/telemetry/log.ts';

const log = createLog({ level: 'silent' });
const agent: Caller = { id: 'https://login.example.com 4711', kind: 'token', claims: {}, scopes: new Set() };
const nobody: Caller = { id: 'address 192.0.2.1', kind: 'anonymous', claims: {}, scopes: new Set() };

const told = ({ status, headers, body }: HttpAnswer) => ({
  status,
  retryAfter: headers[headers.indexOf('retry-after') + 1],
  errors: JSON.parse(body).errors,
});

test('by default: a caller is refused after 1000 requests at once, an address after 200; both learn by which limit', () => {
  const limits = new RequestLimits(defaultConfigFile.limits, { log, clock: () => 0 });
  const passed = (caller: Caller) => {
    for (let i = 0; ; i++) {
      const refused = limits.take(caller);
      if (refused) return { i, ...told(refused) };
    }
  };
  assert.deepEqual(passed(agent), {
    i: 1000,
    status: 429,
    retryAfter: '1',
    errors: [
      {
        message:
          'More than 500 requests a second came from one caller; at most 500 are allowed, and 1000 at once after a rest (limits.rate).',
        extensions: { code: 'RATE_LIMITED', limit: 'rate.per_second', maximum: 500 },
      },
    ],
  });
  assert.deepEqual(passed(nobody), {
    i: 200,
    status: 429,
    retryAfter: '1',
    errors: [
      {
        message:
          'More than 50 requests a second came from one address without a valid credential; at most 50 are allowed, and 200 at once after a rest (limits.anonymous_rate).',
        extensions: { code: 'RATE_LIMITED', limit: 'anonymous_rate.per_second', maximum: 50 },
      },
    ],
  });
  assert.equal(limits.take(nobody), limits.take(nobody), 'a refusal is made once');
});

test('a credential that was never seen counts for its address until it is known to be good', () => {
  const limits = new RequestLimits(defaultConfigFile.limits, { log, clock: () => 0 });
  for (let i = 0; i < 1_000; i++) {
    assert.equal(limits.take(nobody), undefined);
    limits.giveBack(nobody);
  }
  for (let i = 0; i < 200; i++) assert.equal(limits.take(nobody), undefined);
  assert.equal(limits.take(nobody)?.status, 429);
});

test('too many requests at once: of one caller 429, of all 503', () => {
  const limits = new RequestLimits({ ...defaultConfigFile.limits, concurrency: 300, caller_concurrency: 250 }, { log });
  const leave: (() => void)[] = [];
  const enter = (caller: Caller, requests: number) => {
    for (let i = 0; i < requests; i++) {
      const entered = limits.enter(caller);
      if (typeof entered !== 'function') return { i, ...told(entered) };
      leave.push(entered);
    }
    return assert.fail();
  };
  const ofCaller = enter(agent, 400);
  assert.deepEqual(ofCaller, {
    i: 250,
    status: 429,
    retryAfter: '1',
    errors: [
      {
        message:
          '250 requests of this caller are worked on; at most 250 are allowed at once (limits.caller_concurrency).',
        extensions: { code: 'RATE_LIMITED', limit: 'caller_concurrency', maximum: 250 },
      },
    ],
  });
  const ofAll = enter(nobody, 400);
  assert.deepEqual(ofAll, {
    i: 50,
    status: 503,
    retryAfter: '1',
    errors: [
      {
        message: '300 requests are worked on; at most 300 are allowed at once (limits.concurrency).',
        extensions: { code: 'SERVICE_BUSY', limit: 'concurrency', maximum: 300 },
      },
    ],
  });
  for (const each of leave) each();
  assert.equal(typeof limits.enter(agent), 'function');
});
