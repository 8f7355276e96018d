import type { ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Manner } from './manner.ts';
import type { Probe } from './probe.ts';
import { freePort, request, start, stop } from './process.ts';
import type { Subgraphs } from './subgraphs.ts';

export type ContestantName = keyof typeof titles;

/** How each is called in the tables. */
export const titles = {
  hand: 'written by hand',
  fastify: 'bare Fastify route',
  stock: 'stock Apollo Gateway',
  hive: 'Hive Gateway',
  junction: 'Junction',
  'junction-access': 'Junction, access on',
  'junction-access-hash': 'the same by hash',
  'junction-untold': 'Junction, telemetry off',
  'junction-told': 'metrics, 1 % traced',
  'hand-whole': 'written by hand',
  start: 'npm start',
} as const;

/** What starts a contestant. */
export interface StartOptions {
  readonly subgraphs: Subgraphs;
  /** The checkout that Junction runs from. */
  readonly checkout: string;
  /** Hive Gateway's program. */
  readonly hive?: string;
  /** Where output goes and the supergraph's files are. */
  readonly folder: string;
  /** Settings of its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** How clients ask it. */
  readonly manner?: Manner;
  /** Whether to look inside: event loop and heap. */
  readonly probe?: boolean;
}

let probes = 0;

/** A gateway, or what is compared with one, in its own process. */
export class Contestant {
  readonly name: ContestantName;
  readonly url: string;
  readonly pid: number;
  readonly manner: Manner;
  readonly #child: ChildProcess;

  private constructor(name: ContestantName, url: string, manner: Manner, child: ChildProcess) {
    this.name = name;
    this.url = url;
    this.manner = manner;
    this.pid = child.pid as number;
    this.#child = child;
  }

  /** Starts it, and waits until it answers a query. */
  static async start(name: ContestantName, options: StartOptions): Promise<Contestant> {
    const port = await freePort();
    const { args, env } = command(name, port, options);
    const { manner = {} } = options;
    const probe = options.probe ? ['--expose-gc', '--import', resolve(import.meta.dirname, 'probe.ts')] : [];
    const child = start([...probe, ...args], {
      env,
      log: join(options.folder, `${name}.log`),
      ipc: options.probe ?? false,
      ...((name.startsWith('junction') || name === 'start') && { cwd: options.checkout }),
    });
    const url = `http://127.0.0.1:${port}/graphql`;
    const until = performance.now() + 60_000;
    while (!(await answers(url, manner))) {
      if (child.exitCode !== null || performance.now() > until)
        throw new Error(`${titles[name]} does not answer: see ${join(options.folder, `${name}.log`)}`);
      await new Promise((done) => setTimeout(done, 100));
    }
    return new Contestant(name, url, manner, child);
  }

  /** What the probe sees: since the last look, or with the heap collected. */
  probe(what: 'watch' | 'look' | 'heap'): Promise<Probe> {
    const id = probes++;
    return request(this.#child, { id, probe: what }, id);
  }

  stop(): Promise<void> {
    return stop(this.#child);
  }
}

function command(name: ContestantName, port: number, { subgraphs, checkout, hive = '', env }: StartOptions) {
  const program = (file: string) => resolve(import.meta.dirname, file);
  const junction = (settings: Record<string, string>) => ({
    args: [join(checkout, 'gateway/main.ts'), 'gateway'],
    env: { PORT: String(port), EMBED: 'none', SUPERGRAPH_CONFIG: subgraphs.config, ...settings, ...env },
  });
  const ways: Record<ContestantName, { args: string[]; env?: Record<string, string> }> = {
    hand: { args: [program('contestant-hand.ts'), JSON.stringify(subgraphs.urls), String(port)] },
    fastify: { args: [program('contestant-fastify.ts'), JSON.stringify(subgraphs.urls), String(port)] },
    stock: {
      args: [program('contestant-stock.ts'), subgraphs.supergraph, String(port)],
      // Only so that nothing leaves the machine.
      env: { APOLLO_TELEMETRY_DISABLED: 'true' },
    },
    hive: { args: [hive, 'supergraph', subgraphs.supergraph, '--host', '127.0.0.1', '--port', String(port)] },
    junction: junction(open),
    'junction-access': junction({}),
    'junction-access-hash': junction({}),
    'junction-untold': junction(open),
    'junction-told': junction(open),
    'hand-whole': { args: [program('contestant-whole.ts'), String(port)], env: { ...env } },
    start: { args: [join(checkout, 'gateway/main.ts'), 'start'], env: { PORT: String(port), ...open, ...env } },
  };
  return { env: {}, ...ways[name] };
}

/** In production somebody has to say that nobody is asked who they are. */
const open = { AUTHENTICATION: 'off', SUBGRAPH_KEYS: 'none' };

async function answers(url: string, { authorization }: Manner): Promise<boolean> {
  const body = JSON.stringify({
    query: 'query CustomerView { __typename }',
    operationName: 'CustomerView',
    variables: {},
  });
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
  try {
    const response = await fetch(url, { method: 'POST', headers, body });
    await response.text();
    // The program written by hand knows no such query; that it says so is enough.
    return response.ok || response.status === 500;
  } catch {
    return false;
  }
}
