import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createLog } from '../../gateway/telemetry/log.ts';
import { withoutSecrets } from '../../gateway/telemetry/logged-error.ts';
import { SystemError, ValueError } from '../../subgraphs/kit/errors.ts';

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

const marker = 'marker-4711';

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
