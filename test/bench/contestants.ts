import type { ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
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
  /** Whether to look inside: event loop and heap. */
  readonly probe?: boolean;
}

let probes = 0;

/** A gateway, or what is compared with one, in its own process. */
export class Contestant {
  readonly name: ContestantName;
  readonly url: string;
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(name: ContestantName, url: string, child: ChildProcess) {
    this.name = name;
    this.url = url;
    this.pid = child.pid as number;
    this.#child = child;
  }

  /** Starts it, and waits until it answers a query. */
  static async start(name: ContestantName, options: StartOptions): Promise<Contestant> {
    const port = await freePort();
    const { args, env } = command(name, port, options);
    const probe = options.probe ? ['--expose-gc', '--import', resolve(import.meta.dirname, 'probe.ts')] : [];
    const child = start([...probe, ...args], {
      env,
      log: join(options.folder, `${name}.log`),
      ipc: options.probe ?? false,
      ...((name === 'junction' || name === 'start') && { cwd: options.checkout }),
    });
    const url = `http://127.0.0.1:${port}/graphql`;
    const until = performance.now() + 60_000;
    while (!(await answers(url))) {
      if (child.exitCode !== null || performance.now() > until)
        throw new Error(`${titles[name]} does not answer: see ${join(options.folder, `${name}.log`)}`);
      await new Promise((done) => setTimeout(done, 100));
    }
    return new Contestant(name, url, child);
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
  const ways: Record<ContestantName, { args: string[]; env?: Record<string, string> }> = {
    hand: { args: [program('contestant-hand.ts'), JSON.stringify(subgraphs.urls), String(port)] },
    fastify: { args: [program('contestant-fastify.ts'), JSON.stringify(subgraphs.urls), String(port)] },
    stock: {
      args: [program('contestant-stock.ts'), subgraphs.supergraph, String(port)],
      // Only so that nothing leaves the machine.
      env: { APOLLO_TELEMETRY_DISABLED: 'true' },
    },
    hive: { args: [hive, 'supergraph', subgraphs.supergraph, '--host', '127.0.0.1', '--port', String(port)] },
    junction: {
      args: [join(checkout, 'gateway/main.ts'), 'gateway'],
      env: { PORT: String(port), EMBED: 'none', SUPERGRAPH_CONFIG: subgraphs.config, ...env },
    },
    'hand-whole': { args: [program('contestant-whole.ts'), String(port)], env: { ...env } },
    start: { args: [join(checkout, 'gateway/main.ts'), 'start'], env: { PORT: String(port), ...env } },
  };
  return { env: {}, ...ways[name] };
}

async function answers(url: string): Promise<boolean> {
  const body = JSON.stringify({
    query: 'query CustomerView { __typename }',
    operationName: 'CustomerView',
    variables: {},
  });
  try {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    await response.text();
    // The program written by hand knows no such query; that it says so is enough.
    return response.ok || response.status === 500;
  } catch {
    return false;
  }
}
