import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { defaultConfigFile } from '../../gateway/config-file.ts';
import { start as startShop } from '../../subgraphs/orders/demo/system.ts';
import { type Junction, startJunction } from '../supergraph/junction.ts';
import { csv, pages } from './reporting.ts';

// The report as its readers make it: a process of its own, over a connection that is cut.

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'junction-'));

let junction: Junction;
/** Which requests through the proxy, counted from 1, are cut: before an answer, or in the middle of it. */
let cut: (request: number) => 'before' | 'middle' | undefined;
let seen = 0;
const proxy = createServer(async (request, response) => {
  const chunks: Buffer[] = await request.toArray();
  const { method = 'GET', url } = request;
  const headers = { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' };
  const body = method === 'POST' ? Buffer.concat(chunks) : null;
  if (method === 'POST') seen += 1;
  const how = method === 'POST' ? cut(seen) : undefined;
  if (how === 'before') return request.socket.destroy();
  const answer = await fetch(`${junction.url}${url}`, { method, headers, body });
  const bytes = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, { 'content-length': bytes.length });
  if (how === undefined) return response.end(bytes);
  response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.destroy());
});
let through: string;

before(async () => {
  junction = await startJunction({ access: defaultConfigFile, console: true });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  through = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
beforeEach(() => {
  seen = 0;
  cut = () => undefined;
  junction.requests();
});
after(async () => {
  proxy.closeAllConnections();
  proxy.close();
  rmSync(folder, { recursive: true });
  await junction?.close();
});

/** The report when nothing was cut. */
let whole = '';

test('20,000 orders with their customers: each once, sums as the shop has them, 200 requests', async (t) => {
  const started = performance.now();
  const { code, stderr } = await report(['--out', join(folder, 'whole.csv')]);
  const seconds = (performance.now() - started) / 1000;
  assert.deepEqual([code, stderr, seen], [0, '', 200]);
  const fetches = Object.groupBy(junction.requests(), ({ subgraph }) => subgraph);
  assert.deepEqual([fetches.orders?.length, fetches.customers?.length, Object.keys(fetches).length], [200, 200, 2]);
  t.diagnostic(`${seconds.toFixed(1)} s; a page costs one fetch from orders and one from customers`);

  whole = readFileSync(join(folder, 'whole.csv'), 'utf8');
  const [head, ...rows] = linesOf(whole);
  assert.deepEqual(
    [head?.join(), rows.length],
    ['number,placed_at,status,total,currency,customer_id,customer,segment', 20_000],
  );
  assert.equal(new Set(rows.map(([number]) => number)).size, 20_000);
  assert.deepEqual(sumsOf(rows), await shopSums());
  assert.deepEqual(
    rows.find(([number]) => number === 'W100018870'),
    ['W100018870', '2026-08-31T01:53:05.000Z', 'COMPLETED', '879.26', 'EUR', '11848', 'Weiß GmbH', 'WHOLESALE'],
  );
});

test('a connection that is cut, and one that stays dead: no row twice, none missing', async () => {
  cut = (request) => (request >= 90 ? 'before' : ({ 20: 'before', 57: 'middle', 58: 'middle' } as const)[request]);
  const out = join(folder, 'resumed.csv');
  const stopped = await report(['--out', out, '--retries', '2']);
  const [, cursor = ''] = /^Go on with --after (\S+)$/m.exec(stopped.stderr) ?? [];
  assert.match(stopped.stderr, /^Stopped after 8600 orders: fetch failed/);
  assert.deepEqual([stopped.code, seen, linesOf(readFileSync(out, 'utf8')).length], [1, 92, 8601]);
  seen = 0;
  cut = () => undefined;
  assert.deepEqual(await report(['--out', out, '--after', cursor]), { code: 0, stdout: '', stderr: '' });
  assert.equal(seen, 114);
  assert.ok(readFileSync(out, 'utf8') === whole, 'the same report');
});

test('what it holds does not grow with the pages', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const token = await (await fetch(`${junction.url}/demo/reporting`)).text();
  const rows: WeakRef<object>[] = [];
  for await (const { nodes } of pages({ url: junction.url, token, retries: 0 })) {
    rows.push(...nodes.map((node) => new WeakRef(node)));
    if (rows.length === 5_000) break;
  }
  // What a WeakRef was asked for lives until the end of the job.
  await setImmediate();
  collect();
  const held = rows.filter((row) => row.deref()).length;
  assert.ok(held <= 200, `${held} of ${rows.length} rows are held`);
});

test('values are quoted as RFC 4180 says', () => {
  assert.equal(csv(['a', 'b,c', 'd "e"', 'f\ng', undefined, '']), 'a,"b,c","d ""e""","f\ng",,\r\n');
});

test('with a bad token, without Junction: it says so and exits with 1', async () => {
  const [bad, nobody] = await Promise.all([
    report([], { JUNCTION_TOKEN: 'x' }),
    report(['--retries', '1'], { JUNCTION_TOKEN: 'x', JUNCTION_URL: await closedOrigin() }),
  ]);
  assert.deepEqual([bad.code, bad.stderr], [1, 'Stopped after 0 orders: No tokens are taken here.\n']);
  assert.deepEqual([nobody.code, nobody.stderr], [1, 'Stopped after 0 orders: fetch failed (ECONNREFUSED)\n']);
});

test('a report without its customers is none: while the CRM is down it stops', async () => {
  await junction.stopSystem('customers');
  const { code, stdout, stderr } = await report(['--retries', '1']);
  assert.deepEqual([code, linesOf(stdout).length, seen], [1, 1, 2]);
  assert.equal(stderr, 'Stopped after 0 orders: The system behind "customers" could not be reached.\n');
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program against the proxy, unless told otherwise. */
function report(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const program = join(import.meta.dirname, 'reporting.ts');
  const env = { ...process.env, JUNCTION_URL: through, ...environment };
  return new Promise((done) => {
    execFile(process.execPath, [program, ...args], { cwd: root, env }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

/** Where nobody listens. */
async function closedOrigin(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}`;
}

function linesOf(text: string): string[][] {
  const lines = text.split('\r\n');
  assert.equal(lines.pop(), '', 'the last line ends');
  return lines.map((line) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, 8).map(([, value = '']) => value),
  );
}

/** The sum of each currency, in its smallest unit, and how many orders there are in it. */
function sumsOf(rows: readonly (readonly string[])[]): Record<string, string> {
  const byCurrency = Object.groupBy(rows, (row) => row[4] as string);
  const entries = Object.entries(byCurrency).map(([currency, all = []]) => {
    const sum = all.reduce((total, row) => total + BigInt((row[3] as string).replace('.', '')), 0n);
    return [currency, `${sum} in ${all.length}`] as const;
  });
  return Object.fromEntries(entries);
}

/** The same, from the shop's own database. */
async function shopSums(): Promise<Record<string, string>> {
  const { settings } = await startShop({ folder: join(root, '.data') });
  const database = new DatabaseSync((settings.ORDERS_URL as string).slice('sqlite:'.length), { readOnly: true });
  const statement = `select order_currency_code as currency, sum(grand_total_ct) || ' in ' || count(*) as total
    from sales_order group by order_currency_code`;
  const sums = database.prepare(statement).all();
  database.close();
  return Object.fromEntries(sums.map(({ currency, total }) => [currency, total]));
}
