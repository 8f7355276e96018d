import type { Logger } from 'pino';
import { configuredAccess, signersWith, subgraphKeys, subgraphTrust } from './access/configured.ts';
import { readTls } from './access/tls.ts';
import { announceGateway, announceSubgraph } from './announce.ts';
import type { Config } from './config.ts';
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
  const opening = allOrFaults([accessing, readTls(config.file.tls)]).then(([{ access, demo }, tls]) => {
    return createServer({
      gateway: loading.promise,
      access,
      requestTimeoutMs: config.requestTimeoutMs,
      preflightedGet: config.production,
      introspection: config.introspection,
      origins: config.file.cors.origins,
      console: config.console,
      demo,
      tls,
      log,
      supergraph: () => manager?.status,
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
    await Promise.all([closing.catch(() => {}), planner.end()]);
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
  loading.resolve(gateway);
  const url = early ?? (await listen(server));
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
  const trusting = allOrFaults(conditions).then(() => subgraphTrust(config, log));
  const [, trusted, embedded] = await allOrFaults([allOrFaults(conditions), trusting, embedding]);
  const entry = file.subgraphs.find(({ name }) => embedded.get(name));
  const subgraph = entry && embedded.get(entry.name);
  if (!subgraph) throw new Error('expected one subgraph');
  const port = config.port ?? Number(new URL(entry.routingUrl).port || 80);
  const { serveSubgraph } = await import('../subgraphs/kit/server.ts');
  const server = await serveSubgraph(subgraph, { host: config.host, port, trust: trusted.trust, log });
  const health = await subgraph.health(AbortSignal.timeout(1000));
  announceSubgraph({ name: subgraph.name, url: server.origin, health, demo: embedded.demo.length > 0, log });
  return {
    async stop() {
      await server.close();
      await subgraph.close();
      await Promise.all([embedded.close(), trusted.close()]);
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
