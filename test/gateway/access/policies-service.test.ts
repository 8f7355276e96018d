import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Caller } from '../../../gateway/access/caller.ts';
import { Policies } from '../../../gateway/access/policies/policies.ts';
import type { Predicate } from '../../../gateway/config-file.ts';

const marker = 'marker-4711';

test('the service is asked once for all names of a caller, as Open Policy Agent is', async (t) => {
  const { decide, asked } = await start(t, { policies: { local: { scope: 'orders:read' } } }, (_request, response) =>
    response.end('{"result":{"a":true,"b":false,"c":"true","d":1,"e":[true],"other":true}}'),
  );
  const caller = callerOf();
  assert.deepEqual(await decide(caller, ['a', 'b', 'local', 'c', 'd', 'e', 'f']), new Set(['local', 'a']));
  assert.deepEqual(asked, [
    {
      method: 'POST',
      url: '/v1/data/junction/policies?strict=1',
      type: 'application/json',
      body: {
        input: {
          caller: {
            id: 'https://login.example 1',
            kind: 'token',
            claims: { sub: '1', secret: marker },
            scopes: ['orders:read'],
          },
          policies: ['a', 'b', 'c', 'd', 'e', 'f'],
        },
      },
    },
  ]);
});

test('what gateway.yaml defines is not asked for', async (t) => {
  const { decide, asked } = await start(t, { policies: { local: { scope: 'none' } } }, yes);
  assert.deepEqual(decide(callerOf(), ['local']), new Set());
  assert.equal(asked.length, 0);
});

test('1000 decisions about one caller at a time are one question, those about two are two', async (t) => {
  const { decide, asked } = await start(t, {}, yes);
  const [one, other] = [callerOf(), callerOf()];
  const decided = await Promise.all(Array.from({ length: 1000 }, () => decide(one, ['a', 'b'])));
  assert.equal(asked.length, 1);
  for (const each of decided) assert.deepEqual(each, new Set(['a', 'b']));
  await decide(other, ['a', 'b']);
  assert.equal(asked.length, 2);
});

test('only names without an answer are asked for', async (t) => {
  const { decide, asked } = await start(t, {}, yes);
  const caller = callerOf();
  const [first, second] = await Promise.all([decide(caller, ['a', 'b']), decide(caller, ['b', 'c'])]);
  assert.deepEqual([first, second], [new Set(['a', 'b']), new Set(['b', 'c'])]);
  assert.deepEqual(asked.map(policiesOf), [['a', 'b'], ['c']]);
  assert.deepEqual(decide(caller, ['c', 'a']), new Set(['c', 'a']), 'what is remembered is known at once');
});

test('an answer counts for the time that is set, from when it was asked for', async (t) => {
  let holds = true;
  const { decide, asked, clock } = await start(t, {}, (_request, response) =>
    response.end(JSON.stringify({ result: { a: holds } })),
  );
  const caller = callerOf();
  assert.deepEqual(await decide(caller, ['a']), new Set(['a']));
  holds = false;
  clock.ms += 9_999;
  assert.deepEqual(await decide(caller, ['a']), new Set(['a']));
  assert.equal(asked.length, 1);
  clock.ms += 1;
  assert.deepEqual(await decide(caller, ['a']), new Set());
  assert.equal(asked.length, 2);
  holds = true;
  clock.ms += 10_000;
  assert.deepEqual(await decide(caller, ['a']), new Set(['a']));
  assert.equal(asked.length, 3);
});

test('nothing is remembered where that is set', async (t) => {
  const { decide, asked } = await start(t, { rememberS: 0 }, yes);
  const caller = callerOf();
  await decide(caller, ['a']);
  await decide(caller, ['a']);
  assert.equal(asked.length, 2);
});

const failures: Readonly<Record<string, readonly [reason: RegExp, Answer]>> = {
  'status 500': [
    /^expected status 200, got 500$/,
    (_request, response) => response.writeHead(500).end(`{"result":{"a":true},"why":"${marker}"}`),
  ],
  'a redirect': [
    /^expected status 200, got 307$/,
    (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
  ],
  'a status that only says yes': [
    /^expected status 200, got 204$/,
    (_request, response) => response.writeHead(204).end(),
  ],
  'no JSON': [/^expected \{"result"/, (_request, response) => response.end(`<html>${marker}`)],
  'an empty body': [/^expected \{"result"/, (_request, response) => response.end()],
  'no result': [/^expected \{"result"/, (_request, response) => response.end('{}')],
  'a list for a result': [/^expected \{"result"/, (_request, response) => response.end('{"result":["a"]}')],
  'a plain yes': [/^expected \{"result"/, (_request, response) => response.end('{"result":true}')],
  'an inherited result': [
    /^expected \{"result"/,
    (_request, response) => response.end('{"__proto__":{"result":{"a":true}}}'),
  ],
  'more than 64 KB': [
    /^expected at most 65536 bytes$/,
    (_request, response) => response.end(`{"result":{"a":true}}${' '.repeat(65_536)}`),
  ],
  'a cut connection': [/^UND_ERR_SOCKET$/, (request) => request.socket.destroy()],
  'half an answer': [
    /./,
    (request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"result":{"a":true}}', () => request.socket.destroy());
    },
  ],
  silence: [/^expected an answer within 300 ms$/, () => {}],
  'an answer that trickles in': [
    /^expected an answer within 300 ms$/,
    (_request, response) => {
      response.writeHead(200).write('{"result":');
    },
  ],
};

for (const [name, [reason, fail]] of Object.entries(failures)) {
  test(`nothing holds by ${name}`, async (t) => {
    let answer = fail;
    const { decide, asked, clock, log } = await start(
      t,
      { timeoutMs: reason.source.endsWith(' ms$') ? 300 : 10_000 },
      (...exchange) => answer(...exchange),
    );
    const caller = callerOf();
    const decided = await Promise.all([
      decide(caller, ['a', 'b']),
      decide(caller, ['a', 'b']),
      decide(callerOf(), ['a']),
    ]);
    assert.deepEqual(decided, [new Set(), new Set(), new Set()]);
    assert.equal(asked.length, 2);
    // Not missed for longer than a second, and logged once for as long as it goes on.
    clock.ms += 999;
    assert.deepEqual(await decide(caller, ['a']), new Set());
    assert.equal(asked.length, 2);
    clock.ms += 1;
    assert.deepEqual(await decide(caller, ['a']), new Set());
    assert.equal(asked.length, 3);
    answer = yes;
    clock.ms += 1000;
    assert.deepEqual(await decide(caller, ['a']), new Set(['a']));
    assert.deepEqual(await decide(callerOf(), ['a']), new Set(['a']));
    assert.deepEqual(
      log.map(([level]) => level),
      ['error', 'info'],
    );
    assert.match((log[0] as Line)[1].reason ?? '', reason);
    assert.ok(!JSON.stringify(log).includes(marker), 'neither claims nor the answer are logged');
  });
}

test('a service that is not there denies, and no answer is waited for', async (t) => {
  const { decide, log, server } = await start(t, {}, yes);
  await new Promise((resolve) => server.close(resolve));
  assert.deepEqual(await decide(callerOf(), ['a']), new Set());
  assert.deepEqual(
    log.map(([level, { reason }]) => [level, reason]),
    [['error', 'ECONNREFUSED']],
  );
});

test('a caller whose claims are no JSON is denied', async (t) => {
  const { decide, asked } = await start(t, {}, yes);
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  assert.deepEqual(await decide({ ...callerOf(), claims: circular }, ['a']), new Set());
  assert.equal(asked.length, 0);
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

type Line = [level: string, details: { readonly reason?: string }];

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly type: string | undefined;
  readonly body: { readonly input: { readonly policies: readonly string[] } };
}

function policiesOf({ body }: Asked): readonly string[] {
  return body.input.policies;
}

/** Holds all that it is asked about. */
function yes(_request: IncomingMessage, response: ServerResponse): void {
  response.end('{"result":{"a":true,"b":true,"c":true}}');
}

interface Options {
  readonly policies?: Readonly<Record<string, Predicate>>;
  readonly rememberS?: number;
  readonly timeoutMs?: number;
}

async function start(t: TestContext, { policies = {}, rememberS = 10, timeoutMs = 10_000 }: Options, answer: Answer) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { method, url, headers } = request;
    asked.push({ method, url, type: headers['content-type'], body: JSON.parse(Buffer.concat(chunks).toString()) });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const log: Line[] = [];
  const at = (level: string) => (details: Line[1]) => void log.push([level, details]);
  const clock = { ms: 0 };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/data/junction/policies?strict=1`;
  const decider = new Policies(
    { mode: 'filter', policies, policy_service: { url, timeout_ms: timeoutMs, remember_s: rememberS } },
    { log: { info: at('info'), warn: at('warn'), error: at('error') }, now: () => clock.ms },
  );
  t.after(async () => {
    await decider.close();
    server.close();
    server.closeAllConnections();
  });
  const decide = (caller: Caller, names: readonly string[]) => decider.decide(caller, names);
  return { decide, asked, clock, log, server };
}

function callerOf(): Caller {
  return {
    id: 'https://login.example 1',
    kind: 'token',
    claims: { sub: '1', secret: marker },
    scopes: new Set(['orders:read']),
  };
}
