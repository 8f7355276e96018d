import type { Logger } from 'pino';
import { announceGateway, announceSubgraph } from './announce.ts';
import type { Config } from './config.ts';
import type { Embedded } from './embedded/embed.ts';
import { allOrFaults } from './faults.ts';
import { PlannerProcess } from './operations/process.ts';
import { createServer } from './server.ts';
import { composeInProcess } from './supergraph/composer.ts';
import type { SupergraphFile } from './supergraph/file.ts';
import { createGateway, type Gateway } from './supergraph/gateway.ts';
import { SupergraphManager } from './supergraph/manager.ts';
import { loadSchemas } from './supergraph/schema.ts';
import { httpTransport } from './transport/http.ts';
import { inProcessTransport } from './transport/in-process.ts';

/** What every start needs. */
export interface StartOptions {
  readonly config: Config;
  readonly file: SupergraphFile;
  readonly log: Logger;
  /** The subgraphs that run in this process. */
  readonly embedding: Promise<Embedded>;
  /** What else must hold; when it doesn't, its faults are told together with all others. */
  readonly conditions: readonly Promise<unknown>[];
  /** Whether other workers serve already. @default false */
  readonly joins?: boolean;
}

/** Something that runs until it is told to stop. */
export interface Running {
  /** Lets what is in flight finish, and frees everything. */
  stop(): Promise<void>;
}

/**
 * Starts the gateway, with the subgraphs that are being opened in this process; it reaches the others by routing_url. From then
 * on it follows the supergraph file, unless that is turned off.
 */
export async function startGateway({
  config,
  file,
  log,
  embedding,
  conditions,
  joins = false,
}: StartOptions): Promise<Running> {
  const planning = { timeoutMs: config.planTimeoutMs, memoryMb: config.planMemoryMb };
  // First of all: it imports Apollo's packages while this one opens subgraphs.
  const planner = new PlannerProcess(planning);
  const loading = Promise.withResolvers<Gateway>();
  let manager: SupergraphManager | undefined;
  const server = createServer({
    gateway: loading.promise,
    requestTimeoutMs: config.requestTimeoutMs,
    preflightedGet: config.production,
    console: config.console,
    log,
    supergraph: () => manager?.status,
  });
  const listen = () => server.listen({ host: config.host, port: config.port ?? 4000 });
  // It listens from the beginning, so that a port in use is told with all other faults; until the gateway is there, it says so. A
  // worker that joins others only listens when it can answer, as they do.
  const listening = joins ? undefined : listen();
  const schemas = loadSchemas(file.subgraphs);
  const composing = schemas.then((read) => composeInProcess(planner, read));
  const all = allOrFaults([allOrFaults(conditions), Promise.resolve(listening), composing, embedding]);
  const [, early, supergraph, embedded] = await all.catch(async (error: unknown) => {
    await Promise.all([server.close(), planner.end()]);
    throw error;
  });
  const gateway = await createGateway({
    supergraph,
    planner,
    transport(name, url) {
      const subgraph = embedded.get(name);
      return subgraph ? inProcessTransport(subgraph) : httpTransport(url);
    },
    fetchTimeoutMs: config.fetchTimeoutMs,
    planning,
    operationCacheBytes: config.operationCacheMb * 1_000_000,
    introspection: config.introspection,
    log,
  });
  if (config.supergraphPollMs > 0) {
    const running = { file, supergraph, schemas: await schemas };
    manager = new SupergraphManager({
      running,
      gateway,
      local: embedded,
      pollMs: config.supergraphPollMs,
      lookMs: 30_000 + config.systemTimeoutMs,
      log,
    });
  }
  loading.resolve(gateway);
  const url = early ?? (await listen());
  if (!joins) announceGateway({ url, supergraph, embedded, health: await gateway.health(), config, log });
  return {
    async stop() {
      await Promise.all([manager?.close(), server.close()]);
      await embedded.close();
    },
  };
}

/** Starts the embedded subgraph as a service, at `PORT` or the port of its routing_url. */
export async function startSubgraph({ config, file, log, embedding, conditions }: StartOptions): Promise<Running> {
  const [, embedded] = await allOrFaults([allOrFaults(conditions), embedding]);
  const entry = file.subgraphs.find(({ name }) => embedded.get(name));
  const subgraph = entry && embedded.get(entry.name);
  if (!subgraph) throw new Error('expected one subgraph');
  const port = config.port ?? Number(new URL(entry.routingUrl).port || 80);
  const { serveSubgraph } = await import('../subgraphs/kit/server.ts');
  const server = await serveSubgraph(subgraph, { host: config.host, port });
  const health = await subgraph.health(AbortSignal.timeout(1000));
  announceSubgraph({ name: subgraph.name, url: server.origin, health, demo: embedded.demo.length > 0, log });
  return {
    async stop() {
      await server.close();
      await subgraph.close();
      await embedded.close();
    },
  };
}
