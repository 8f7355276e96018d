import { resolve } from 'node:path';
import type { TestContext } from 'node:test';
import type { ExecutionResult } from 'graphql';
import { openToAll } from '../../../gateway/access/access.ts';
import { createServer, type ServerOptions } from '../../../gateway/server.ts';
import { composeSupergraph } from '../../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../../gateway/supergraph/file.ts';
import { createGateway } from '../../../gateway/supergraph/gateway.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { httpTransport } from '../../../gateway/transport/http.ts';
import { inProcessTransport } from '../../../gateway/transport/in-process.ts';
import type { StartStandIn } from '../../../subgraphs/demo/stand-in.ts';
import { serveSubgraph } from '../../../subgraphs/kit/server.ts';
import { openSubgraph, readSubgraph, type Subgraph } from '../../../subgraphs/kit/subgraph.ts';
import { createTracer, type Tracer } from '../../../subgraphs/kit/telemetry/tracer.ts';
import { KeyRing } from '../../../subgraphs/kit/trust/keys.ts';
import { MemoryNonces } from '../../../subgraphs/kit/trust/nonces.ts';
import { Signer } from '../../../subgraphs/kit/trust/signer.ts';
import type { Otlp, OtlpSpan } from '../../servers/otlp.ts';
import { keyOf } from '../../subgraphs/kit/trust/fixture.ts';

const root = resolve(import.meta.dirname, '../../..');
const log = createLog({ level: 'silent' });

/** The demo company behind a gateway. */
export interface Company {
  /** Asks as a client does; `more`: beside query and variables. */
  ask(query: string, variables: Record<string, unknown>, more?: Asked): Promise<ExecutionResult>;
  /** Stops a system, as if it went down. */
  stopSystem(name: 'customers' | 'finance'): Promise<void>;
}

export interface Asked {
  readonly headers?: Record<string, string>;
  readonly extensions?: Record<string, unknown>;
}

/** What sees the gateway, and where its subgraphs run: those elsewhere want the gateway's signature. */
export interface CompanyOptions {
  readonly server?: Partial<ServerOptions>;
  readonly where?: 'in-process' | 'http';
  /** Where subgraphs elsewhere send their spans. */
  readonly otlp?: Otlp;
}

/** Starts the stand-ins, the subgraphs and the gateway until the test ends. */
export async function startCompany(t: TestContext, options: CompanyOptions): Promise<Company> {
  const { server: more, where = 'in-process', otlp } = options;
  const keys = new KeyRing([keyOf('k1')]);
  const opened = new Map<string, Subgraph>();
  const origins = new Map<string, string>();
  const closing: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const close of closing.reverse()) await close();
  });
  const systems = new Map<string, () => Promise<void>>();
  for (const name of ['customers', 'orders', 'inventory', 'finance']) {
    const folder = resolve(root, 'subgraphs', name);
    const { start } = (await import(resolve(folder, 'demo/system.ts'))) as { start: StartStandIn };
    const standIn = await start({ folder: resolve(root, '.data'), onCall: () => {} });
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= standIn.close());
    closing.push(stop);
    systems.set(name, stop);
    const settings = { name, environment: standIn.settings, log, systemTimeoutMs: 5_000 };
    const subgraph = await openSubgraph(await readSubgraph(folder), settings);
    closing.push(() => subgraph.close());
    opened.set(name, subgraph);
    if (where === 'in-process') continue;
    const tracer =
      otlp && (await tracerTo(t, otlp, { serviceName: `junction-${name}`, followsCallers: true, ratio: 0 }));
    const trust = { keys, nonces: new MemoryNonces({ longestMs: 120_000 }) };
    const server = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0, trust, tracer });
    closing.push(() => server.close());
    origins.set(name, server.origin);
  }
  const file = await readSupergraphFile(resolve(root, 'test/supergraph/supergraph.yaml'));
  const gateway = await createGateway({
    supergraph: await composeSupergraph(file),
    transport(name) {
      const origin = origins.get(name);
      return origin
        ? httpTransport(`${origin}/graphql`, { signer: new Signer(keys, name) })
        : inProcessTransport(opened.get(name) as Subgraph);
    },
    log,
    fetchTimeoutMs: 6_000,
  });
  const server = createServer({ access: await openToAll(log), gateway, log, requestTimeoutMs: 10_000, ...more });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  closing.push(() => server.close());
  return {
    async ask(query, variables, { headers, extensions } = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables, extensions }),
      });
      return (await response.json()) as ExecutionResult;
    },
    stopSystem: (name) => systems.get(name)?.() ?? Promise.resolve(),
  };
}

/** A tracer that sends at once. */
export async function tracerTo(
  t: TestContext,
  { url: endpoint }: Otlp,
  options: { serviceName: string; ratio: number; followsCallers: boolean },
): Promise<Tracer> {
  const tracer = await createTracer({ endpoint, headers: {}, log, delayMs: 10, ...options });
  t.after(() => tracer.shutdown());
  return tracer;
}

/** Spans as a tree: each with its kind, those below it two spaces further in. */
export function treeOf(spans: readonly OtlpSpan[]): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = (parent: string | undefined, indent: string): string[] =>
    spans
      .filter(({ parentSpanId: id }) => (parent === undefined ? id === undefined || !ids.has(id) : id === parent))
      .flatMap(({ name, kind, spanId }) => [`${indent}${name} (${kind})`, ...below(spanId, `${indent}  `)]);
  return below(undefined, '');
}
