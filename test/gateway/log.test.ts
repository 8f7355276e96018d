import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createLog } from '../../gateway/telemetry/log.ts';
import { withoutSecrets } from '../../gateway/telemetry/logged-error.ts';
import { FetchError } from '../../gateway/transport/errors.ts';
import { SystemError, ValueError } from '../../subgraphs/kit/errors.ts';
import { postgresError } from '../../subgraphs/kit/sources/sql/postgres/errors.ts';

test('lines are JSON where no person reads along', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', output: { write: (text) => lines.push(text) } });
  log.debug('unheard');
  log.warn({ subgraph: 'orders' }, 'late');
  const { time, ...line } = JSON.parse(lines.join(''));
  assert.deepEqual(line, { level: 40, subgraph: 'orders', msg: 'late' });
  assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('lines are short on a terminal, with the stack of an error below', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', output: { isTTY: true, write: (text) => lines.push(text) } });
  log.warn({ subgraph: 'orders', ms: 12, err: new Error('down') }, 'late');
  const [first = '', second = ''] = stripVTControlCharacters(lines.join('')).split('\n');
  assert.match(first, /^\d\d:\d\d:\d\d warn {2}late subgraph=orders ms=12$/);
  assert.match(second, /^ {4}Error: down$/);
});

test('a system that does not answer is one line on a terminal: what failed, where, and the connection’s own words', async () => {
  const port = await closedPort();
  const [refused] = (await once(connect(port, '127.0.0.1'), 'error').catch((error) => [error])) as [Error];
  const details = { subgraph: 'orders', system: 'shop', requestId: 'r1', code: 'SYSTEM_UNAVAILABLE' };
  const { line, all } = written({ ...details, path: ['order', 0, 'lines'], err: postgresError(refused) });
  assert.match(
    words(all),
    new RegExp(
      `error failed subgraph=orders system=shop requestId=r1 code=SYSTEM_UNAVAILABLE path=order.0.lines reason=the server or the way to it failed: connect ECONNREFUSED 127.0.0.1:${port}\\n$`,
    ),
  );
  assert.equal(words(all).split('\n').length, 2);
  const { facts, ...because } = (line.err as { cause: { facts: object } }).cause;
  assert.deepEqual(because, { type: 'Error', message: `connect ECONNREFUSED 127.0.0.1:${port}` });
  assert.doesNotMatch(JSON.stringify(line), /"stack"/, 'where it was wrapped helps nobody');
});

test('whatever a system fails by, the reason is one line, and only what breaks in Junction has its calls', () => {
  const reached = (address: string) =>
    Object.assign(new Error(marker), { code: 'ECONNREFUSED', errno: -111, syscall: 'connect', address, port: 5432 });
  const both = Object.assign(new AggregateError([reached('::1'), reached('127.0.0.1')]), { code: 'ECONNREFUSED' });
  const inUse = 'the server or the way to it failed';
  const closed = Object.assign(new Error('other side closed'), { name: 'SocketError', code: 'UND_ERR_SOCKET' });
  const inTime = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  for (const [err, reason] of [
    [postgresError(both), `${inUse}: connect ECONNREFUSED ::1:5432, connect ECONNREFUSED 127.0.0.1:5432`],
    [
      postgresError(Object.assign(new Error(marker), { code: '57P03', severity: 'FATAL' })),
      `${inUse}: 57P03: Error code=57P03 severity=FATAL`,
    ],
    [
      new SystemError('SYSTEM_UNAVAILABLE', 'GET /a: ENOTFOUND', {
        cause: Object.assign(new Error(marker), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'crm.example' }),
      }),
      'GET /a: getaddrinfo ENOTFOUND crm.example',
    ],
    [new SystemError('SYSTEM_TIMEOUT', 'no answer within 50 ms', { cause: inTime }), 'no answer within 50 ms'],
    [new SystemError('SYSTEM_FAILED', 'GET /a answered 500', { words: marker }), 'GET /a answered 500'],
    [
      new FetchError('SUBGRAPH_UNAVAILABLE', 'no response: other side closed', { cause: closed }),
      'no response: other side closed',
    ],
    [closed, 'other side closed'],
  ] as const) {
    const { line, all } = written({ code: 'X', err });
    assert.ok(words(all).endsWith(` error failed code=X reason=${reason}\n`), words(all));
    assert.equal(words(all).split('\n').length, 2);
    assert.doesNotMatch(JSON.stringify(line), /"stack"|4711/);
  }
  // A driver that breaks is called a system that fails; where it broke has to be known.
  const broken = postgresError(new TypeError(`Cannot read properties of ${marker}`));
  assert.match(written({ err: broken }).all, /because of\n {4}TypeError\n {4}at .*log\.test\.ts/);
});

const marker = 'marker-4711';

/** The last that was written, as people read it. */
function words(all: string): string {
  return stripVTControlCharacters(all.slice(all.indexOf('\n') + 1));
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What is written of details, as programs and as people read it. */
function written(details: object): { readonly line: Record<string, unknown>; readonly all: string } {
  const lines: string[] = [];
  const write = (text: string) => lines.push(text);
  createLog({ level: 'info', output: { write } }).error(details, 'failed');
  createLog({ level: 'info', output: { isTTY: true, write } }).error(details, 'failed');
  return { line: JSON.parse(lines[0] ?? ''), all: lines.join('') };
}

test('credentials in the headers of what is logged are left out', () => {
  const headers = {
    authorization: `Bearer ${marker}`,
    'proxy-authorization': marker,
    'x-api-key': marker,
    cookie: `session=${marker}`,
    'set-cookie': [marker],
    accept: 'text/html',
  };
  for (const details of [headers, { headers }, { request: { headers } }, { request: headers }]) {
    const { all } = written(details);
    assert.doesNotMatch(all, /4711/);
    assert.match(all, /text\/html/, 'others stay');
  }
});

test('an error is written with its message, its codes, its calls and its causes, and nothing else that hangs on it', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED', port: 1 });
  const error = Object.assign(new TypeError('down', { cause }), {
    request: { headers: { authorization: marker } },
    options: { password: marker },
    sql: `select '${marker}'`,
    code: 'DOWN',
  });
  const { line, all } = written({ err: error });
  const { stack, cause: written1, ...rest } = line.err as Record<string, unknown>;
  assert.deepEqual(rest, { type: 'TypeError', message: 'down', facts: { code: 'DOWN' } });
  assert.match(String(stack), /^ {4}at .*log\.test\.ts/);
  const { stack: _stack, ...because } = written1 as Record<string, unknown>;
  const facts = { code: 'ECONNREFUSED', port: 1 };
  assert.deepEqual(because, { type: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:1', facts });
  assert.match(all, /TypeError: down code=DOWN\n {4}at /);
  assert.doesNotMatch(all, /4711/);
});

test('what a system says, and what may repeat a value, is not written', () => {
  const parsed = (() => {
    try {
      return JSON.parse(marker);
    } catch (error) {
      return error;
    }
  })();
  const quoting = new Error(`invalid input: "${marker}"\n    ${marker}`);
  const errors = [
    parsed,
    new SystemError('SYSTEM_FAILED', 'GET /contacts/{key} answered 500', { words: marker, cause: quoting }),
    new ValueError('Order.status', new TypeError(marker, { cause: quoting })),
    new Error('outside', { cause: new ValueError('Order.status', quoting) }),
    Object.assign(quoting, { sqlState: '22P02', code: `${marker}"` }),
    Object.assign(new Error(marker), { response: { data: marker }, body: marker }),
    Object.assign(new Error(''), { message: '', cause: { Fault: { faultstring: marker } } }),
    { Fault: marker },
    marker,
  ];
  for (const err of errors) assert.doesNotMatch(written({ err }).all, /4711/);
  assert.match(written({ err: errors[1] }).all, /GET \/contacts\/\{key\} answered 500/);
});

test('causes that go round in circles end', () => {
  const error = new Error('round');
  error.cause = error;
  assert.equal(written({ err: error }).all.match(/because of/g)?.length, 5);
});

test('what looks like a credential is left out of messages', () => {
  for (const [text, left] of [
    [`Authorization: Bearer ${marker} was refused`, 'Authorization: Bearer … was refused'],
    ['got eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln today', 'got … today'],
    [`Invalid URL postgres://shop:${marker}@db.example/shop`, 'Invalid URL postgres://…@db.example/shop'],
    [`password=${marker} is wrong`, 'password=… is wrong'],
    [`{"token":"${marker}"}`, '{"token":…'],
    ['3 tokens at src/token.ts:12', '3 tokens at src/token.ts:12'],
  ] as const)
    assert.equal(withoutSecrets(text), left);
  assert.doesNotMatch(written({ err: new Error(`Bearer ${marker}`), reason: `secret: ${marker}` }).all, /4711/);
});
