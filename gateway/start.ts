import type { Logger } from 'pino';
import { StartupError } from '../subgraphs/kit/errors.ts';
import { serveSubgraph } from '../subgraphs/kit/server.ts';
import { announceGateway, announceSubgraph } from './announce.ts';
import type { Config } from './config.ts';
import type { Embedded } from './embed.ts';
import { faultsOf } from './faults.ts';
import { createServer } from './server.ts';
import { composeSupergraph } from './supergraph/compose.ts';
import type { SupergraphFile } from './supergraph/file.ts';
import { createGateway } from './supergraph/gateway.ts';
import { httpTransport } from './transport/http.ts';
import { inProcessTransport } from './transport/in-process.ts';

/** What every start needs. */
export interface StartOptions {
  readonly config: Config;
  readonly file: SupergraphFile;
  readonly log: Logger;
  /** The subgraphs that run in this process. */
  readonly embedding: Promise<Embedded>;
}

/** Something that runs until it is told to stop. */
export interface Running {
  /** Lets what is in flight finish, and frees everything. */
  stop(): Promise<void>;
}

/** Starts the gateway, with the subgraphs that are being opened in this process; it reaches the others by routing_url. */
export async function startGateway({ config, file, log, embedding }: StartOptions): Promise<Running> {
  const [supergraph, embedded] = await bothOrFaults(composeSupergraph(file), embedding);
  const gateway = await createGateway({
    supergraph,
    transport(name, url) {
      const subgraph = embedded.subgraphs.get(name);
      return subgraph ? inProcessTransport(subgraph) : httpTransport(url);
    },
    fetchTimeoutMs: config.fetchTimeoutMs,
    log,
  });
  const server = createServer({ gateway, requestTimeoutMs: config.requestTimeoutMs, log });
  const url = await server.listen({ host: config.host, port: config.port ?? 4000 });
  announceGateway({ url, supergraph, embedded, health: await gateway.health(), log });
  return {
    async stop() {
      await server.close();
      await embedded.close();
    },
  };
}

/** Starts the embedded subgraph as a service, at `PORT` or the port of its routing_url. */
export async function startSubgraph({ config, file, log, embedding }: StartOptions): Promise<Running> {
  const embedded = await embedding;
  const [subgraph] = [...embedded.subgraphs.values()];
  const entry = file.subgraphs.find(({ name }) => name === subgraph?.name);
  if (!subgraph || !entry) throw new Error('expected one subgraph');
  const port = config.port ?? Number(new URL(entry.routingUrl).port || 80);
  const server = await serveSubgraph(subgraph, { host: config.host, port });
  const health = await subgraph.health(AbortSignal.timeout(1000));
  announceSubgraph({ name: subgraph.name, url: server.origin, health, demo: embedded.demo.length > 0, log });
  return {
    async stop() {
      await server.close();
      await embedded.close();
    },
  };
}

/** Waits for both; if either fails, reports the faults of both together. */
async function bothOrFaults<A, B>(composing: Promise<A>, embedding: Promise<B>): Promise<[A, B]> {
  const [composed, embedded] = await Promise.allSettled([composing, embedding]);
  if (composed.status === 'fulfilled' && embedded.status === 'fulfilled') return [composed.value, embedded.value];
  const reasons = [composed, embedded].flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const unexpected = reasons.find((reason) => faultsOf(reason) === undefined);
  throw unexpected ?? new StartupError(reasons.flatMap((reason) => faultsOf(reason) ?? []));
}
