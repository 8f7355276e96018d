import type { Logger } from 'pino';
import { configuredAccess, signersWith, subgraphKeys, subgraphTrust } from './access/configured.ts';
import { isOperator } from './access/operator.ts';
import { readTls } from './access/tls.ts';
import { announceGateway, announceSubgraph } from './announce.ts';
import { openPeers } from './cluster-worker.ts';
import type { Config } from './config.ts';
import { consoleConfig } from './console/configured.ts';
import type { Embedded } from './embedded/embed.ts';
import { hasFolder } from './embedded/folders.ts';
import { allOrFaults } from './faults.ts';
import { PlannerProcess } from './operations/process.ts';
import { createServer, type GatewayServer } from './server.ts';
import { composeInProcess } from './supergraph/composer.ts';
import type { SupergraphFile } from './supergraph/file.ts';
import { createGateway, type Gateway } from './supergraph/gateway.ts';
import { SupergraphManager } from './supergraph/manager.ts';
import { loadSchemas } from './supergraph/schema.ts';
import { configuredTracer } from './telemetry/configured.ts';
import type { ProcessMetrics } from './telemetry/process-metrics.ts';
import { openTelemetry } from './telemetry/telemetry.ts';
import { httpTransport } from './transport/http.ts';
import { inProcessTransport } from './transport/in-process.ts';

/** What every start needs. */
export interface StartOptions {
  readonly config: Config;
  readonly file: SupergraphFile;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** The subgraphs that run in this process. */
  readonly embedding: Promise<Embedded>;
  /** What this process counts with. @default it doesn't */
  readonly metrics?: Promise<ProcessMetrics | undefined>;
  /** Their names. */
  readonly inside: readonly string[];
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
  environment,
  log,
  embedding,
  metrics,
  inside,
  conditions,
  joins = false,
}: StartOptions): Promise<Running> {
  const planning = { timeoutMs: config.planTimeoutMs, memoryMb: config.planMemoryMb };
  // First of all: it imports Apollo's packages while this one opens subgraphs.
  const planner = new PlannerProcess(planning);
  const loading = Promise.withResolvers<Gateway>();
  let manager: SupergraphManager | undefined;
  const wantsKeys = needsKeys(config, file, inside);
  const keyRing = allOrFaults(conditions).then(
    () => (wantsKeys ? subgraphKeys(config) : undefined),
    // Nothing is made where something is wrong; what else is wrong is told all the same.
    () => (wantsKeys && isConfigured(config) ? subgraphKeys(config) : undefined),
  );
  const signerOf = async () => signersWith(await keyRing);
  const accessing = configuredAccess({ config, environment, keyRing, log });
  const watching = Promise.resolve(metrics).then((metrics) =>
    openTelemetry({ config, metrics, peers: openPeers(config.workers), log }),
  );
  const accepting = allOrFaults([accessing, readTls(config.file.tls), watching]);
  const opening = accepting.then(([{ access, demo }, tls, { observer, counting }]) => {
    return createServer({
      gateway: loading.promise,
      access,
      requestTimeoutMs: config.requestTimeoutMs,
      preflightedGet: config.production,
      introspection: config.introspection,
      origins: config.file.cors.origins,
      // Development listens on the loopback alone; in production a proxy may send any name.
      localNamesOnly: !config.production,
      console: consoleConfig(config),
      demo,
      tls,
      log,
      supergraph: () => manager?.status,
      observer,
      tellsTrace: (caller) => isOperator(caller, config.production),
      operators: { production: config.production, counting },
    });
  });
  // It listens from the beginning, so that a port in use is told with all other faults; until the gateway is there, it says so. A
  // worker that joins others only listens when it can answer, as they do.
  const listen = (server: GatewayServer) => server.listen({ host: config.host, port: config.port ?? 4000 });
  const listening = opening.then((server) => (joins ? undefined : listen(server)));
  const schemas = signerOf().then((signers) => loadSchemas(file.subgraphs, signers));
  const composing = schemas.then((read) => composeInProcess(planner, read));
  const all = allOrFaults([allOrFaults(conditions), opening, listening, composing, embedding]);
  const [, server, early, supergraph, embedded] = await all.catch(async (error: unknown) => {
    const closing = opening.then(
      (server) => server.close(),
      () => accessing.then(({ access }) => access.close()),
    );
    const unwatched = watching.then((telemetry) => telemetry.close());
    await Promise.all([closing.catch(() => {}), unwatched.catch(() => {}), planner.end()]);
    throw error;
  });
  const signers = await signerOf();
  const gateway = await createGateway({
    supergraph,
    planner,
    transport(name, url) {
      const subgraph = embedded.get(name);
      // What a server that isn't Junction's own says in an error may be anything.
      const messages = hasFolder(name) || config.file.subgraphs.messages_from.includes(name);
      return subgraph ? inProcessTransport(subgraph) : httpTransport(url, { signer: signers(name), messages });
    },
    fetchTimeoutMs: config.fetchTimeoutMs,
    planning,
    operationCacheBytes: config.operationCacheMb * 1_000_000,
    introspection: config.introspection,
    limits: config.file.limits,
    log,
  });
  if (config.supergraphPollMs > 0) {
    const running = { file, supergraph, schemas: await schemas };
    manager = new SupergraphManager({
      running,
      gateway,
      local: embedded,
      signerOf: signers,
      pollMs: config.supergraphPollMs,
      lookMs: 30_000 + config.systemTimeoutMs,
      log,
    });
  }
  if (config.production && embedded.demo.length > 0)
    log.warn(
      { subgraphs: embedded.demo },
      'demo data is served, which is invented: no system is configured for these subgraphs',
    );
  const telemetry = await watching;
  const { persisted } = (await accessing).access;
  telemetry.watch({ gateway, status: () => manager?.status, persisted });
  loading.resolve(gateway);
  const url = early ?? (await listen(server));
  if (!joins) announceGateway({ url, supergraph, embedded, health: await gateway.health(), config, log });
  return {
    async stop() {
      await Promise.all([manager?.close(), server.close()]);
      await Promise.all([embedded.close(), telemetry.close()]);
    },
  };
}

/** Starts the embedded subgraph as a service, at `PORT` or the port of its routing_url. */
export async function startSubgraph(options: StartOptions): Promise<Running> {
  const { config, file, log, embedding, metrics, conditions } = options;
  const trusting = allOrFaults(conditions).then(() => subgraphTrust(config, log));
  const [, trusted, embedded] = await allOrFaults([allOrFaults(conditions), trusting, embedding]);
  const entry = file.subgraphs.find(({ name }) => embedded.get(name));
  const subgraph = entry && embedded.get(entry.name);
  if (!subgraph) throw new Error('expected one subgraph');
  const port = config.port ?? Number(new URL(entry.routingUrl).port || 80);
  const { serveSubgraph } = await import('../subgraphs/kit/server.ts');
  const tracer = await configuredTracer(config.telemetry, subgraph.name, log);
  const registry = (await metrics)?.registry;
  const serving = { host: config.host, port, trust: trusted.trust, log, tracer, metrics: registry };
  const server = await serveSubgraph(subgraph, serving);
  const health = await subgraph.health(AbortSignal.timeout(1000));
  announceSubgraph({ name: subgraph.name, url: server.origin, health, demo: embedded.demo.length > 0, log });
  return {
    async stop() {
      await server.close();
      await subgraph.close();
      await Promise.all([embedded.close(), trusted.close(), tracer?.shutdown()]);
    },
  };
}

/** Whether keys come from a setting, or the lack of one is a fault; otherwise they are in a file that is made. */
function isConfigured({ production, subgraphKeys: text }: Config): boolean {
  return production || text !== undefined;
}

/** Whether there is something to sign: all subgraphs that run elsewhere, and those that may come while the gateway runs. */
function needsKeys(config: Config, { subgraphs }: SupergraphFile, inside: readonly string[]): boolean {
  if (!config.production || config.subgraphKeys !== undefined) return true;
  return subgraphs.some(({ name, schema }) => schema.kind === 'url' || !inside.includes(name));
}
