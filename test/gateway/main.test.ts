import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
/** The four subgraphs, whatever else this checkout has. */
const supergraph = join(root, 'test/supergraph/supergraph.yaml');
const settings = { ...process.env, SUPERGRAPH_CONFIG: supergraph, AUTHENTICATION: 'off' };
/** Takes a second or two: every customer's whole view. */
const slowQuery = `{ customers(first: 100) { nodes { name account { balance { amount } }
  orders(first: 10) { nodes { number lines { product { name stock { onHand } } } invoices { number payments { id } } } } } } }`;

/** What a failed test left behind is stopped, or the run would never end. */
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
});

interface Started {
  readonly process: ChildProcess;
  readonly url: string;
}

/** Starts Junction as the leader of a process group, as a terminal does, and waits until it is ready. */
async function start(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Started> {
  const started = spawn(command, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...settings, PORT: '0', ...environment },
  });
  running.add(started);
  started.once('exit', () => running.delete(started));
  for await (const line of createInterface({ input: started.stdout })) {
    if (!line.startsWith('{')) continue;
    const { msg, url } = JSON.parse(line);
    if (msg.endsWith('ready')) return { process: started, url };
  }
  throw new Error('it ended before it was ready');
}

/** Sends the slow query, and the signal once the server works on it. */
async function stopDuringQuery({ process: started, url }: Started, signal: () => void): Promise<void> {
  const ended = once(started, 'exit');
  started.stdout?.resume();
  const answer = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: slowQuery }),
  });
  // The server reads requests in order of arrival: once a later one is answered, the slow one has begun.
  await fetch(`${url}/health/live`);
  const signaled = performance.now();
  signal();
  const response = await answer;
  const { data, errors } = (await response.json()) as { data: { customers: { nodes: unknown[] } }; errors?: unknown };
  assert.deepEqual([response.status, data.customers.nodes.length, errors], [200, 100, undefined]);
  const [code] = await ended;
  assert.equal(code, 0, 'the exit code');
  assert.ok(performance.now() - signaled < 10_000, 'it ended within ten seconds');
  assert.throws(() => process.kill(-(started.pid as number), 0), { code: 'ESRCH' }, 'a process is left');
}

test('SIGTERM to node while a query runs: it is answered, exit 0, nothing is left running', async () => {
  const started = await start(process.execPath, ['gateway/main.ts', 'start']);
  await stopDuringQuery(started, () => started.process.kill('SIGTERM'));
});

test('SIGTERM to npm while a query runs: it is answered, exit 0, nothing is left running', async () => {
  const started = await start('npm', ['start']);
  await stopDuringQuery(started, () => started.process.kill('SIGTERM'));
});

test('Ctrl-C in a terminal, which reaches every process, while a query runs: the same', async () => {
  const started = await start('npm', ['start']);
  await stopDuringQuery(started, () => process.kill(-(started.process.pid as number), 'SIGINT'));
});

test('one subgraph runs as a service, on a stand-in of its own', async () => {
  const { process: service, url } = await start(process.execPath, ['gateway/main.ts', 'subgraph', 'finance'], {
    SUBGRAPH_KEYS: 'none',
  });
  service.stdout?.resume();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ invoice(id: "1490000001") { number } }' }),
  });
  assert.deepEqual(await response.json(), { data: { invoice: { number: 'RE-2025-90000001' } } });
  const health = (await (await fetch(new URL('/health/ready', url))).json()) as { system: { name: string } };
  assert.equal(health.system.name, 'erp');
  const ended = once(service, 'exit');
  service.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});

test('the gateway alone starts while no subgraph is there, says so, and answers what it can', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  const file = join(folder, 'supergraph.yaml');
  // Nothing listens at port 9, which is reserved for throwing things away.
  const nowhere = readFileSync(supergraph, 'utf8')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:9')
    .replaceAll('file: ../..', `file: ${root}`);
  writeFileSync(file, nowhere);
  const { process: gateway, url } = await start(process.execPath, ['gateway/main.ts', 'gateway'], {
    SUPERGRAPH_CONFIG: file,
  });
  gateway.stdout?.resume();
  const health = await fetch(`${url}/health/ready`);
  const { subgraphs } = (await health.json()) as { subgraphs: { name: string; status: string; where: string }[] };
  assert.deepEqual(
    [health.status, subgraphs.map(({ name, status, where }) => `${name} ${status} ${where}`)],
    [
      200,
      [
        'customers down http://127.0.0.1:9',
        'orders down http://127.0.0.1:9',
        'inventory down http://127.0.0.1:9',
        'finance down http://127.0.0.1:9',
      ],
    ],
  );
  const query = encodeURIComponent('{ __typename order(id: "1") { number } }');
  assert.deepEqual(await (await fetch(`${url}/graphql?query=${query}`)).json(), {
    errors: [
      {
        message: 'The subgraph "orders" could not be reached.',
        path: ['order'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'orders' },
      },
    ],
    data: { __typename: 'Query', order: null },
  });
  const ended = once(gateway, 'exit');
  gateway.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
  rmSync(folder, { recursive: true });
});

/** Runs a command that is expected to fail, and returns its exit code and what it wrote to the terminal. */
async function failing(args: readonly string[], environment: Record<string, string>): Promise<[unknown, string]> {
  const child = spawn(process.execPath, ['gateway/main.ts', ...args], {
    cwd: root,
    env: { ...settings, ...environment },
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  return [code, text];
}

test('wrong settings are named together, each with its value and the form expected', async () => {
  assert.deepEqual(await failing(['start'], { PORT: 'http', LOG_LEVEL: 'loud', DEMO_SCALE: '0' }), [
    1,
    `Junction did not start, for 3 reasons:
  - PORT: expected a whole number from 0 to 65535, got "http".
  - LOG_LEVEL: expected one of fatal, error, warn, info, debug, trace, silent, got "loud".
  - DEMO_SCALE: expected a number from 0.01 to 40, got "0".
`,
  ]);
  const file = { SUPERGRAPH_CONFIG: 'nowhere.yaml', PORT: 'http' };
  assert.deepEqual(await failing(['start'], file), [
    1,
    `Junction did not start, for 2 reasons:
  - PORT: expected a whole number from 0 to 65535, got "http".
  - nowhere.yaml: can't be read (ENOENT). Expected a file in Rover's YAML format; SUPERGRAPH_CONFIG says which.
`,
  ]);
  assert.deepEqual(
    await failing(['start'], {
      ORDERS_URL: 'db.example',
      REQUEST_TIMEOUT_MS: 'soon',
      CUSTOMERS_URL: 'http://127.0.0.1:9/api',
      FINANCE_USER: 'joe',
      EMBED: 'customers,orders,finance',
    }),
    [
      1,
      `Junction did not start, for 5 reasons:
  - REQUEST_TIMEOUT_MS: expected a whole number from 1 to 600000, got "soon".
  - customers: CUSTOMERS_TOKEN: not set. Expected a bearer token for the CRM.
  - orders: ORDERS_URL: expected the URL of a database, such as postgres://db.example/shop or sqlite:/var/lib/shop.db; got a value without a scheme.
  - finance: FINANCE_URL: not set. Expected the URL of the ERP's WSDL, such as https://erp.example/ws/finance?wsdl.
  - finance: FINANCE_PASSWORD: not set. Expected the password of the ERP's user.
`,
    ],
  );
});

test('a setting that is refused does nothing: no port is taken for it, no company is made; EMBED is named with all others', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const demo = join(folder, 'demo');
  const environment = { DEMO_SCALE: 'abc', DEMO_FOLDER: demo, EMBED: 'orders,finance,nix', ORDERS_URL: 'db.example' };
  const told = `  - DEMO_SCALE: expected a number from 0.01 to 40, got "abc".
  - EMBED: expected names out of customers, orders, inventory, finance, got nix.
  - orders: ORDERS_URL: expected the URL of a database, such as postgres://db.example/shop or sqlite:/var/lib/shop.db; got a value without a scheme.
`;
  assert.deepEqual(await failing(['start'], environment), [1, `Junction did not start, for 3 reasons:\n${told}`]);
  assert.equal(existsSync(demo), false);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.deepEqual(await failing(['start'], { DEMO_FOLDER: file }), [
    1,
    `Junction did not start:\n  - DEMO_FOLDER: can't be written at ${file} (EEXIST). Expected a folder where this user may write.\n`,
  ]);
});

test('a second Ctrl-C cuts off what is in flight, and says so', async (t) => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  t.after(() => {
    silent.close();
    rmSync(folder, { recursive: true });
  });
  const { port } = silent.address() as { port: number };
  const file = join(folder, 'supergraph.yaml');
  writeFileSync(
    file,
    readFileSync(supergraph, 'utf8')
      .replaceAll(/127\.0\.0\.1:\d+/g, `127.0.0.1:${port}`)
      .replaceAll('file: ../..', `file: ${root}`),
  );
  const { process: gateway, url } = await start(process.execPath, ['gateway/main.ts', 'gateway'], {
    SUPERGRAPH_CONFIG: file,
    FETCH_TIMEOUT_MS: '60000',
    REQUEST_TIMEOUT_MS: '60000',
  });
  let log = '';
  gateway.stdout?.on('data', (chunk: Buffer) => {
    log += chunk;
  });
  const ended = once(gateway, 'exit');
  fetch(`${url}/graphql?query=${encodeURIComponent('{ order(id: "1") { number } }')}`).catch(() => {});
  await fetch(`${url}/health/live`);
  // Signals that come close together are one; the first that doesn't counts.
  const asking = setInterval(() => gateway.kill('SIGINT'), 100);
  t.after(() => clearInterval(asking));
  assert.deepEqual(await ended, [130, null]);
  assert.match(log, /"stopping: requests in flight finish first; asked twice, they are cut off"/);
  assert.match(log, /"asked twice: what is in flight is cut off"/);
});

test('a port in use is named', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  assert.deepEqual(await failing(['start'], { PORT: String(port) }), [
    1,
    `Junction did not start:\n  - PORT: ${port} is in use. Stop what listens there, or set PORT to another.\n`,
  ]);
});

test('a subgraph or a command that does not exist is named', async () => {
  assert.deepEqual(await failing(['subgraph', 'shipping'], {}), [
    1,
    'Junction did not start:\n  - npm run subgraph -- NAME: expected one of customers, orders, inventory, finance, got shipping.\n',
  ]);
  assert.deepEqual(await failing(['bogus'], {}), [
    1,
    'Junction did not start:\n  - "bogus" is no command. See npm start -- --help.\n',
  ]);
  for (const [command, extra, others] of [
    ['start', 'now', []],
    ['types', 'orders', []],
    ['check', 'finance', ['orders']],
  ] as const) {
    const [, text] = await failing([command, ...others, extra], {});
    assert.match(text, new RegExp(`:\\n  - "${extra}": ${command} takes no such argument\\.\\n$`));
  }
  assert.deepEqual(await failing(['start', '--bogus'], {}), [
    1,
    'Junction did not start:\n  - Unknown option "--bogus". Settings are environment variables, such as PORT=8080. npm start -- --help says what there is.\n',
  ]);
  assert.deepEqual(await failing(['chek'], {}), [
    1,
    'Junction did not start:\n  - "chek" is no command (did you mean "check"?). See npm start -- --help.\n',
  ]);
  assert.deepEqual(await failing(['new', 'ship', '--form', 'sqlite:/x.db'], {}), [
    1,
    'Nothing was written:\n  - Unknown option "--form" (did you mean "--from"?). npm run new -- --help says what there is.\n',
  ]);
});
