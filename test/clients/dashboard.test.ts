import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { start as startErp } from '../../subgraphs/finance/demo/system.ts';
import { findProgram, missing } from '../servers/process.ts';
import { generate, generatedFile } from './dashboard/generate.ts';

// The dashboard as its readers have it: bundled, in a browser, from an origin of its own, with what the demo caller "dashboard" may see.

const root = resolve(import.meta.dirname, '../..');
const browserPath = findProgram('chromium');
const skip = missing('chromium', browserPath);

const site = createServer();
const folder = mkdtempSync(join(tmpdir(), 'junction-'));
let files: ReadonlyMap<string, string>;
let settings: Readonly<Record<string, unknown>>;
let origin: string;
let browser: Browser | undefined;
let junction: ChildProcess | undefined;
let erp: Awaited<ReturnType<typeof startErp>> | undefined;

test('the generated types are those of the query and the composed schema', async () => {
  assert.equal(readFileSync(generatedFile, 'utf8'), await generate(), 'run node test/clients/dashboard/generate.ts');
});

describe('in a browser', { skip }, () => {
  before(async () => {
    origin = await serve();
    const config = join(folder, 'gateway.yaml');
    writeFileSync(config, `cors:\n  origins: [${origin}]\n`);
    erp = await startErp({ folder: join(root, '.data') });
    browser = await chromium.launch({ executablePath: browserPath as string, args: ['--no-sandbox'] });
    const starting = startGateway({ GATEWAY_CONFIG: config, ...erp.settings });
    files = await bundle();
    const url = await starting;
    const token = await (await fetch(`${url}/demo/dashboard`)).text();
    settings = { url: `${url}/graphql`, token, pollMs: 200 };
  });
  after(async () => {
    await Promise.all([browser?.close(), erp?.close()]);
    site.closeAllConnections();
    site.close();
    if (junction?.exitCode === null) {
      junction.kill('SIGTERM');
      await once(junction, 'exit');
    }
    rmSync(folder, { recursive: true });
  });

  test('it shows what its caller may see, and says what may not be seen', async (t) => {
    const page = await open(t, origin);
    await page.getByText(/^As of /).waitFor();
    assert.deepEqual(await panels(page), [
      'Orders waiting 297: W100000031 | ON_HOLD | 03/11/2023 | €611.99 | not allowed',
      'Below reorder point 50: LMP-0028 | Lamp “Zephyr”, steel | 74',
      'Invoices overdue 785: RE-2023-000051 | 2023-11-18 | US$2,757.70',
    ]);
  });

  test('it asks again and again; a figure that is not new says so', async (t) => {
    const page = await open(t, origin);
    await page.getByText(/^As of /).waitFor();
    for (let polls = 0; polls < 3; polls += 1) await page.waitForResponse(/graphql$/);
    const before = await panels(page);
    await page.route(/graphql$/, (route) => route.abort());
    await page.getByText(/^As of .*No newer figures: /).waitFor();
    assert.deepEqual(await panels(page), before, 'the last figures stand');
    const stopped = await page.getByRole('alert').innerText();
    await page.unroute(/graphql$/);
    await page.getByText(/^As of [\d:]+$/).waitFor();
    await page.getByText(stopped.slice(0, 'As of 00:00:00'.length)).waitFor({ state: 'detached' });
  });

  test('a page of an origin that gateway.yaml does not list gets nothing', async (t) => {
    const page = await open(t, origin.replace('127.0.0.1', 'localhost'));
    await page.getByText('Nothing is read yet. No newer figures: Failed to fetch').waitFor();
  });

  test('a token that is not good is said', async (t) => {
    const page = await open(t, origin, { ...settings, token: 'x' });
    await page
      .getByText('Nothing is read yet. No newer figures: Response not successful: Received status code 401')
      .waitFor();
  });

  test('a system goes down while somebody looks: its panel says so, the others stand', async (t) => {
    const page = await open(t, origin);
    await page.getByText('RE-2023-000051').waitFor();
    const before = await panels(page);
    await erp?.close();
    erp = undefined;
    await page.getByText('The system behind "finance" could not be reached.').waitFor();
    assert.deepEqual(await panels(page), [
      ...before.slice(0, 2),
      'Invoices overdue: The system behind "finance" could not be reached.',
    ]);
    await page.getByText(/^As of [\d:]+$/).waitFor();
  });
});

/** Each panel's heading and the first row of its figures, or what it says instead. */
async function panels(page: Page): Promise<string[]> {
  const sections = await page.getByRole('region').all();
  return Promise.all(
    sections.map(async (section) => {
      const row = section.getByRole('row').nth(1);
      const cells =
        (await row.count()) > 0
          ? await row.getByRole('cell').allInnerTexts()
          : await section.locator('em').allInnerTexts();
      return `${(await section.getByRole('heading').innerText()).trim()}: ${cells.join(' | ')}`;
    }),
  );
}

/** Opens the page, with other settings where a test needs them. What its scripts throw fails the test. */
async function open(t: TestContext, at: string, other = settings): Promise<Page> {
  const page = await (browser as Browser).newPage({ locale: 'en-GB', timezoneId: 'UTC' });
  page.setDefaultTimeout(10_000);
  const thrown: Error[] = [];
  page.on('pageerror', (error) => thrown.push(error));
  t.after(async () => {
    await page.close();
    assert.deepEqual(thrown, []);
  });
  await page.route('**/settings.json', (route) => route.fulfill({ json: other }));
  await page.goto(at);
  return page;
}

/** Serves the bundle. Returns the origin. */
async function serve(): Promise<string> {
  site.on('request', ({ url = '/' }, response) => {
    const name = url === '/' ? 'index.html' : url.slice(1);
    const text = files.get(name);
    const type = name.endsWith('.js') ? 'text/javascript' : 'text/html';
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': type }).end(text);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

async function bundle(): Promise<ReadonlyMap<string, string>> {
  const built = await build({
    root: join(import.meta.dirname, 'dashboard'),
    configFile: false,
    logLevel: 'error',
    build: { write: false, target: 'esnext' },
  });
  if (!('output' in built)) throw new Error('expected one bundle');
  return new Map(
    built.output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : String(file.source)] as const),
  );
}

/** Starts Junction with these settings, and waits until it is ready. Returns its URL. */
async function startGateway(environment: Readonly<Record<string, string>>): Promise<string> {
  const supergraph = { SUPERGRAPH_CONFIG: join(root, 'test/supergraph/supergraph.yaml') };
  junction = spawn(process.execPath, ['gateway/main.ts', 'start'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    // Vite sets NODE_ENV of the whole process while it builds.
    env: { ...process.env, NODE_ENV: 'development', ...supergraph, ...environment, PORT: '0' },
  });
  const { stdout } = junction;
  for await (const line of createInterface({ input: stdout as NonNullable<typeof stdout> })) {
    const { msg, url } = line.startsWith('{') ? JSON.parse(line) : {};
    if (msg !== 'ready') continue;
    stdout?.resume();
    return url;
  }
  throw new Error('it ended before it was ready');
}
