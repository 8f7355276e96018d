import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { openAccess } from '../../gateway/access/access.ts';
import { DemoIssuer } from '../../gateway/access/identity/demo-callers.ts';
import { defaultConfigFile } from '../../gateway/config-file.ts';
import { callerPicker } from '../../gateway/console/caller-picker.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { run, until } from './fixture.ts';

/** As much of a page as the picker touches. */
function page(origin: string, storage: Map<string, string>) {
  const requests: string[] = [];
  const listeners: (() => void)[] = [];
  const output = { value: '' };
  const select = {
    value: '',
    options: [] as { text: string; value: string }[],
    append: (...options: { text: string; value: string }[]) => select.options.push(...options),
    addEventListener: (_type: string, listener: () => void) => listeners.push(listener),
  };
  const bar = { hidden: true, querySelector: (name: string) => (name === 'select' ? select : output) };
  const window = {
    async fetch(input: string | Request, init?: RequestInit) {
      const request = typeof input === 'string' ? new Request(new URL(input, origin), init) : input;
      const { method, url, headers } = request;
      const answer = await fetch(request);
      const credential = headers.get('authorization');
      requests.push(`${method} ${url.slice(origin.length)}${credential ? ' with a token' : ''}: ${answer.status}`);
      return answer;
    },
  };
  const context = createContext({
    window,
    Headers,
    URL,
    Request: class extends Request {
      constructor(input: string | Request, init?: RequestInit) {
        super(typeof input === 'string' ? new URL(input, origin) : input, init);
      }
    },
    Option: class {
      readonly text: string;
      readonly value: string;
      constructor(text: string, value: string) {
        this.text = text;
        this.value = value;
      }
    },
    document: { getElementById: () => bar },
    localStorage: {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
    },
  });
  const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(callerPicker) ?? [];
  runInContext(script, context);
  return {
    bar,
    select,
    output,
    requests,
    choose(name: string) {
      select.value = name;
      for (const listener of listeners) listener();
    },
    async ask(headers: Record<string, string> = {}) {
      const body = JSON.stringify({ query: '{ customers { id } }' });
      const sent = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
      return (await window.fetch('/graphql', sent)).status;
    },
  };
}

/** A gateway whose demo callers' tokens are signed with such bytes. */
async function gateway(t: TestContext, byte: number) {
  const demo = new DemoIssuer(Buffer.alloc(32, byte));
  const log = createLog({ level: 'silent' });
  const access = await openAccess({ file: defaultConfigFile, authentication: true, anonymous: true, demo, log });
  return run(t, { server: { demo, access } });
}

test('who chooses nothing asks as the supervisor; a choice is kept, and nobody is one', async (t) => {
  const { origin } = await gateway(t, 1);
  const storage = new Map<string, string>();
  const first = page(origin, storage);
  assert.equal(await first.ask(), 200);
  assert.deepEqual(
    [first.bar.hidden, first.select.value, first.select.options.length, first.output.value.split('  ').length],
    [false, 'supervisor', 6, 7],
  );
  assert.equal(first.select.options[0]?.text.startsWith('agent · Support agent'), true);
  assert.equal(first.select.options[5]?.text, 'nobody · without a token');
  first.choose('dashboard');
  await first.ask();
  await first.ask();
  first.choose('');
  await first.ask();
  // GraphiQL's own headers come first.
  first.choose('agent');
  assert.equal(await first.ask({ authorization: 'Bearer nonsense' }), 401);
  assert.deepEqual(first.requests, [
    'GET /demo: 200',
    'GET /demo/supervisor: 200',
    'POST /graphql with a token: 200',
    'GET /demo/dashboard: 200',
    'POST /graphql with a token: 200',
    'POST /graphql with a token: 200',
    'POST /graphql: 200',
    'POST /graphql with a token: 401',
  ]);

  const second = page(origin, storage);
  await until(() => !second.bar.hidden);
  assert.equal(second.select.value, 'agent');
});

test('a token of an earlier start is asked for anew, once', async (t) => {
  const [before, after] = [await gateway(t, 1), await gateway(t, 2)];
  let target = before.origin;
  // One address, behind which the gateway is started again.
  const front = createServer(async (request, response) => {
    const { method = 'GET', headers } = request;
    const { authorization } = headers;
    const body = method === 'POST' ? JSON.stringify({ query: '{ customers { id } }' }) : undefined;
    const sent = { 'content-type': 'application/json', ...(authorization && { authorization }) };
    const answer = await fetch(`${target}${request.url}`, { method, headers: sent, ...(body && { body }) });
    response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    front.closeAllConnections();
    front.close();
  });
  const { requests, ask } = page(`http://127.0.0.1:${(front.address() as AddressInfo).port}`, new Map());
  await ask();
  target = after.origin;
  requests.length = 0;
  assert.equal(await ask(), 200);
  assert.deepEqual(requests, [
    'POST /graphql with a token: 401',
    'GET /demo/supervisor: 200',
    'POST /graphql with a token: 200',
  ]);
});

test('where there are no demo callers there is nothing to pick, and requests go as they are', async (t) => {
  const { origin } = await run(t);
  const { bar, requests, ask } = page(origin, new Map());
  assert.equal(await ask(), 200);
  assert.deepEqual([bar.hidden, requests], [true, ['GET /demo: 404', 'POST /graphql: 200']]);
});
