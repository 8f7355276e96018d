import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { DemoIssuer } from '../../gateway/access/identity/demo-callers.ts';

// Who may ask in production, through the real command line.

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'junction-'));
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Nothing of whoever runs the tests is taken over. */
const settings = (more: Readonly<Record<string, string>>) => ({
  PATH: process.env.PATH ?? '',
  SUPERGRAPH_CONFIG: join(root, 'test/supergraph/supergraph.yaml'),
  GATEWAY_CONFIG: configured({}),
  PORT: '0',
  ...more,
});

/** A gateway.yaml whose keys are in the test's own folder. */
function configured(content: { readonly authentication?: object; readonly cors?: object }): string {
  const path = join(folder, `gateway-${randomBytes(4).toString('hex')}.yaml`);
  const authentication = { api_keys: join(folder, 'api-keys.json'), ...content.authentication };
  writeFileSync(path, JSON.stringify({ ...content, authentication }));
  return path;
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, ['gateway/main.ts', ...args], {
    cwd: root,
    env: settings(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

interface Ended {
  readonly code: unknown;
  readonly said: string;
  readonly error: string;
}

/** Runs what is expected to end; what serves instead is ended, and its code is a signal. */
async function ended(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  const child = run(args, environment);
  const texts = { said: '', error: '' };
  child.stdout?.on('data', (chunk) => {
    texts.said += chunk;
    if (texts.said.includes('ready"')) child.kill('SIGKILL');
  });
  child.stderr?.on('data', (chunk) => {
    texts.error += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code: code ?? signal, ...texts };
}

/** Starts the gateway with its subgraphs; `log`: what it said until it was ready. */
async function started(environment: Readonly<Record<string, string>>) {
  const child = run(['start'], environment);
  child.stderr?.pipe(process.stderr);
  const log: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    if (!line.startsWith('{')) continue;
    log.push(JSON.parse(line));
    const { msg, url } = log.at(-1) as { msg: string; url?: string };
    if (!url || !msg.endsWith('ready')) continue;
    child.stdout?.resume();
    const stop = async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    };
    return { url, log, stop };
  }
  throw new Error(`it ended before it was ready: ${JSON.stringify(log)}`);
}

interface Heard {
  readonly status: number | undefined;
  readonly challenge?: string | undefined;
  readonly body: unknown;
}

/** As a program asks that is no browser: `fetch` adds a header that tells that it is none. */
function ask(url: string, headers: Readonly<Record<string, string>> = {}, query?: string): Promise<Heard> {
  const type = query === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const method = query === undefined ? 'GET' : 'POST';
    const sent = request(url, { method, headers: { ...type, ...headers } }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      const challenge = response.headers['www-authenticate'];
      resolve({ status: response.statusCode, ...(challenge && { challenge }), body: JSON.parse(text) });
    });
    sent.on('error', reject).end(query === undefined ? undefined : JSON.stringify({ query }));
  });
}

const error = (code: string, message: string) => ({ errors: [{ message, extensions: { code } }] });
const production = { NODE_ENV: 'production' };

describe('what production needs is named with all that is wrong', { concurrency: 2 }, () => {
  const nobody = (keys: string) =>
    `gateway.yaml: nobody could be told from anybody else. Expected authentication.issuers, authentication.certificates with tls.client_ca, or API keys in ${keys} (npm run keys -- create NAME --scopes …); or AUTHENTICATION=off, with which everybody may ask everything.`;
  const noKeys = join(folder, 'none.json');
  const keysNeeded =
    'SUBGRAPH_KEYS: not set. Expected the keys that gateway and subgraphs share, such as "k1:" and what "openssl rand -base64 32" says; or none, with which subgraphs answer everybody who reaches them.';

  test('somebody who can be told from others, whatever else is wrong', async () => {
    const GATEWAY_CONFIG = configured({ authentication: { api_keys: noKeys } });
    const { code, error } = await ended(['start'], { ...production, GATEWAY_CONFIG, LOG_LEVEL: 'loud', EMBED: 'nix' });
    assert.equal(code, 1);
    assert.match(error, /^Junction did not start, for \d reasons:\n/);
    for (const fault of [
      'LOG_LEVEL: expected one of',
      'EMBED: expected names out of customers, orders, inventory, finance, got nix.',
      keysNeeded,
    ]) {
      assert.ok(error.includes(`  - ${fault}`), `${fault}: ${error}`);
    }
    const alone = await ended(['start'], { ...production, GATEWAY_CONFIG });
    assert.deepEqual([alone.code, alone.error], [1, `Junction did not start:\n  - ${nobody(noKeys)}\n`]);
  });

  test('but not beside a file that can not be used: who it names is not known', async () => {
    const GATEWAY_CONFIG = configured({ authentication: { isuers: [] } } as object);
    const { code, error } = await ended(['start'], { ...production, GATEWAY_CONFIG, SUBGRAPH_KEYS: 'none' });
    const fault = `${GATEWAY_CONFIG}:1: authentication.isuers: there is no such setting (did you mean "issuers"?).`;
    assert.deepEqual([code, error], [1, `Junction did not start:\n  - ${fault}\n`]);
  });

  test('certificates and secrets that are there', async () => {
    const issuer = { issuer: 'https://login.example', audience: 'junction' };
    const introspection = { client_id: 'junction', client_secret: 'LOGIN_SECRET' };
    const GATEWAY_CONFIG = configured({
      authentication: { issuers: [{ ...issuer, introspection }] },
      tls: { cert: '/nowhere/cert.pem', key: '/nowhere/key.pem' },
    } as object);
    const { code, error } = await ended(['start'], { ...production, GATEWAY_CONFIG, PORT: 'http' });
    assert.equal(code, 1);
    for (const fault of [
      'PORT: expected a whole number from 0 to 65535, got "http".',
      "gateway.yaml: tls.cert: /nowhere/cert.pem can't be read (ENOENT).",
      "gateway.yaml: tls.key: /nowhere/key.pem can't be read (ENOENT).",
      "authentication.issuers.0.introspection.client_secret: LOGIN_SECRET is not set, expected the client's secret in that variable.",
    ]) {
      assert.ok(error.includes(`  - ${fault}\n`), `${fault}: ${error}`);
    }
    const unsafe = configured({
      authentication: { issuers: [{ ...issuer, issuer: 'http://login.example', algorithms: ['HS256'] }] },
    });
    const other = await ended(['compose'], { ...production, GATEWAY_CONFIG: unsafe });
    assert.match(other.error, /authentication\.issuers\.0\.issuer: expected https, as the host is another machine/);
    assert.match(other.error, /authentication\.issuers\.0\.algorithms\.0: /);
  });

  test('keys, for a subgraph that runs by itself', async () => {
    const { code, error } = await ended(['subgraph', 'orders'], production);
    assert.deepEqual([code, error], [1, `Junction did not start:\n  - ${keysNeeded}\n`]);
    const short = await ended(['subgraph', 'orders'], { ...production, SUBGRAPH_KEYS: 'k1:c2VjcmV0' });
    assert.equal(short.code, 1);
    assert.match(short.error, /SUBGRAPH_KEYS: key 1: expected at least 32 bytes, got 6\./);
    assert.doesNotMatch(short.error + short.said, /c2VjcmV0/);
  });

  // Needs `needsKeys` in start.ts to go by which subgraphs run in this process, not by EMBED, which says nothing of this command.
  test('keys, for a gateway whose subgraphs run elsewhere', async () => {
    const { code, error } = await ended(['gateway'], { ...production, AUTHENTICATION: 'off' });
    assert.deepEqual([code, error], [1, `Junction did not start:\n  - ${keysNeeded}\n`]);
  });

  test('development, with its demo callers, is for this machine alone', async () => {
    for (const HOST of ['0.0.0.0', '127.0.0.1.example.com']) {
      const { code, error } = await ended(['compose'], { HOST });
      assert.deepEqual(
        [code, error],
        [
          1,
          `Nothing was composed:\n  - HOST: "${HOST}" is open to other machines, and in development demo callers may ask everything. Expected 127.0.0.1, ::1 or localhost, or NODE_ENV=production.\n`,
        ],
      );
    }
    const { code, error } = await ended(['subgraph', 'orders'], { HOST: '::' });
    assert.equal(code, 1);
    assert.match(error, /HOST: "::" is open to other machines/);
  });
});

test('in production who has no credential gets nothing, and a demo token is none', async () => {
  const { code, said } = await ended(['keys', 'create', 'reporting', '--scopes', 'order:read'], {});
  assert.equal(code, 0);
  const key = /jct_\S+/.exec(said)?.[0] ?? '';
  const secret = randomBytes(32);
  const { url, stop } = await started({ ...production, DEMO_SECRET: secret.toString('hex') });
  const graphql = `${url}/graphql`;
  const order = '{ orderByNumber(number: "W100018870") { number } }';

  assert.deepEqual(await ask(graphql, {}, order), {
    status: 401,
    challenge: 'Bearer realm="junction"',
    body: error('UNAUTHENTICATED', 'Expected a credential: a bearer token, an API key or a client certificate.'),
  });
  const demo = await new DemoIssuer(secret).tokenOf('supervisor');
  assert.deepEqual(await ask(graphql, { authorization: `Bearer ${demo}` }, order), {
    status: 401,
    challenge: 'Bearer realm="junction", error="invalid_token", error_description="No tokens are taken here."',
    body: error('UNAUTHENTICATED', 'No tokens are taken here.'),
  });
  const nothing = error('NOT_FOUND', 'Nothing is served here. GraphQL is at /graphql.');
  for (const path of ['/demo', '/demo/agent', '/demo/supervisor', '/']) {
    assert.deepEqual(await ask(url + path), { status: 404, body: nothing }, path);
  }
  const known = { 'x-api-key': key };
  assert.deepEqual(await ask(graphql, known, order), {
    status: 200,
    body: { data: { orderByNumber: { number: 'W100018870' } } },
  });
  assert.deepEqual(await ask(graphql, known, '{ __schema { types { name } } }'), {
    status: 200,
    body: error('INTROSPECTION_DISABLED', 'Introspection is turned off here.'),
  });
  assert.equal((await ask(`${graphql}?query={__typename}`, known)).status, 403, 'a GET without a preflight');
  assert.equal((await ask(`${graphql}?query={__typename}`, { ...known, 'apollo-require-preflight': '1' })).status, 200);
  const forged = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
  assert.deepEqual(
    (await ask(graphql, { 'x-api-key': forged }, order)).body,
    error('UNAUTHENTICATED', 'The API key is not known.'),
  );
  await stop();
});

test('AUTHENTICATION=off starts in production, says so, and answers everybody', async () => {
  const { url, log, stop } = await started({ ...production, AUTHENTICATION: 'off' });
  const warning = 'AUTHENTICATION=off: nobody has to say who they are, and everybody may ask everything';
  assert.equal(log.filter(({ level, msg }) => level === 40 && msg === warning).length, 1, JSON.stringify(log));
  assert.deepEqual(await ask(`${url}/graphql`, {}, '{ orderByNumber(number: "W100018870") { margin { amount } } }'), {
    status: 200,
    body: { data: { orderByNumber: { margin: { amount: '180.51' } } } },
  });
  assert.equal((await ask(`${url}/demo`)).status, 404);
  // As a proxy before it may name it.
  assert.equal((await ask(`${url}/health/live`, { host: 'junction.example' })).status, 200);
  await stop();
});

test('development answers to no name that another site may have, but for those that are listed', async () => {
  const GATEWAY_CONFIG = configured({ cors: { origins: ['http://junction.internal:4000'] } });
  const { url, stop } = await started({ AUTHENTICATION: 'off', GATEWAY_CONFIG });
  const statusFor = async (host: string) => (await ask(`${url}/graphql?query={__typename}`, { host })).status;
  for (const host of [new URL(url).host, 'junction.internal:4000']) assert.equal(await statusFor(host), 200, host);
  assert.equal(await statusFor('evil.example'), 421);
  await stop();
});
