import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExecutionResult } from 'graphql';
import { openToAll } from '../../gateway/access/access.ts';
import { createServer } from '../../gateway/server.ts';
import { composeSupergraph } from '../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { createGateway } from '../../gateway/supergraph/gateway.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { inProcessTransport } from '../../gateway/transport/in-process.ts';
import type { ResolverMap } from '../../subgraphs/kit/derive.ts';
import type { Backend } from '../../subgraphs/kit/forms.ts';
import type { Environment } from '../../subgraphs/kit/settings.ts';
import { openSubgraph, type Subgraph } from '../../subgraphs/kit/subgraph.ts';

const root = resolve(import.meta.dirname, '../..');

/** A system behind one of our contracts: its mapping is all that is not ours. */
export interface ForeignSystem {
  readonly name: string;
  readonly backend: Backend;
  readonly environment: Environment;
}

/** Another company, reached as clients reach it. */
export interface Company {
  /** Sends an operation; the result is plain JSON. */
  ask(query: string, variables?: Record<string, unknown>): Promise<ExecutionResult>;
  close(): Promise<void>;
}

/** Opens our contract of this name, with our resolvers, on a system that is not ours. `noted` takes what its log would say. */
export async function openForeign(
  { name, backend, environment }: ForeignSystem,
  noted: string[] = [],
): Promise<Subgraph> {
  const folder = resolve(root, 'subgraphs', name);
  const own: { resolvers?: ResolverMap } = ['inventory', 'finance'].includes(name)
    ? await import(resolve(folder, 'resolvers.ts'))
    : {};
  const note = (_details: object, message: string) => void noted.push(message);
  return openSubgraph(
    { typeDefs: readFileSync(resolve(folder, 'schema.graphql'), 'utf8'), backend, resolvers: own.resolvers ?? {} },
    { name, environment, log: { info() {}, warn: note, error: note }, systemTimeoutMs: 5000 },
  );
}

/** Starts a gateway over these systems. */
export async function startCompany(systems: readonly ForeignSystem[], noted: string[] = []): Promise<Company> {
  const opened = new Map<string, Subgraph>();
  for (const system of systems) opened.set(system.name, await openForeign(system, noted));
  const log = createLog({ level: 'silent' });
  const file = await readSupergraphFile(resolve(root, 'test/supergraph/supergraph.yaml'));
  const subgraphs = file.subgraphs.filter(({ name }) => opened.has(name));
  const gateway = await createGateway({
    supergraph: await composeSupergraph({ ...file, subgraphs }),
    transport: (name) => inProcessTransport(opened.get(name) as Subgraph),
    log,
    fetchTimeoutMs: 6000,
  });
  const server = createServer({ access: await openToAll(log), gateway, log, requestTimeoutMs: 10_000 });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    async ask(query, variables) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as ExecutionResult;
    },
    async close() {
      await server.close();
      for (const subgraph of opened.values()) await subgraph.close();
    },
  };
}
