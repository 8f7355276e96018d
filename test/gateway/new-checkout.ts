import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSubgraph, readSubgraph } from '../../subgraphs/kit/subgraph.ts';

const root = resolve(import.meta.dirname, '../..');

/** What a command wrote, without colours, and its exit code. */
export interface Ran extends Pick<SpawnSyncReturns<string>, 'stdout' | 'stderr'> {
  readonly code: number | null;
}

/** A copy of this checkout, in which commands may write: the four subgraphs, whatever else the checkout has. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'junction-checkout-'));

  constructor() {
    for (const name of ['gateway', 'subgraphs/kit', 'subgraphs/demo', 'biome.json', 'package.json', '.gitignore']) {
      cpSync(join(root, name), join(this.folder, name), { recursive: true });
    }
    for (const name of ['customers', 'orders', 'inventory', 'finance']) {
      cpSync(join(root, 'subgraphs', name), join(this.folder, 'subgraphs', name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    const supergraph = readFileSync(join(root, 'test/supergraph/supergraph.yaml'), 'utf8');
    this.write('supergraph.yaml', supergraph.replaceAll('../../subgraphs', 'subgraphs'));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  /** Makes a SQLite file, and returns its URL. */
  database(name: string, statements: string): string {
    const database = new DatabaseSync(this.path(name));
    database.exec(statements);
    database.close();
    return `sqlite:${this.path(name)}`;
  }

  /** Runs a command of Junction to its end. The demo company is that of the real checkout, made once. */
  run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const settings = { DEMO_FOLDER: join(root, '.data'), NO_COLOR: '1', ...environment };
    return ended(process.execPath, ['gateway/main.ts', ...args], this.folder, settings);
  }

  /** Formats and lints a folder as `npm run check:code` does. */
  biome(name: string): Promise<Ran> {
    return ended(join(root, 'node_modules/.bin/biome'), ['check', name], this.folder, {});
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Drafts a subgraph that must be right as it is: formatted, composed without a remark, true of its system. */
export async function draft(
  checkout: Checkout,
  name: string,
  url: string,
  args: readonly string[] = [],
  settings: Record<string, string> = {},
) {
  const untouched = checkout.read('supergraph.yaml');
  const made = await checkout.run(['new', name, '--from', url, ...args]);
  assert.equal(made.code, 0, made.stderr);
  const style = await checkout.biome(`subgraphs/${name}`);
  assert.equal(style.code, 0, style.stderr + style.stdout);
  const environment = { [`${name.toUpperCase()}_URL`]: url, ...settings };
  const checked = await checkout.run(['check', name], environment);
  checkout.write('supergraph.yaml', untouched);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  assert.match(checked.stdout, /^✓ supergraph +5 subgraphs, composed$/m);
  return { said: made.stdout, checked: checked.stdout, environment };
}

/** Asks a drafted subgraph. */
export async function ask(
  checkout: Checkout,
  name: string,
  environment: Readonly<Record<string, string>>,
  query: string,
): Promise<unknown> {
  const log = { warn() {}, error() {}, info() {} };
  const parts = await readSubgraph(checkout.path(`subgraphs/${name}`));
  const subgraph = await openSubgraph(parts, { name, environment, systemTimeoutMs: 5000, log });
  const result = await subgraph.execute({ query }, { signal: new AbortController().signal, requestId: 'test' });
  await subgraph.close();
  return JSON.parse(JSON.stringify(result));
}

async function ended(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<Ran> {
  const child = spawn(command, args, { cwd, env: { ...process.env, FORCE_COLOR: undefined, ...environment } });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...texts, code };
}
