import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { StartupError } from '../subgraphs/kit/errors.ts';
import { serveSubgraph } from '../subgraphs/kit/server.ts';
import { announceGateway, announceSubgraph, faultReport } from './announce.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { runStandIns } from './demo.ts';
import { type Embedded, openEmbedded } from './embed.ts';
import { createServer } from './server.ts';
import { composeSupergraph } from './supergraph/compose.ts';
import { CompositionError, SupergraphFileError } from './supergraph/errors.ts';
import { readSupergraphFile, type SupergraphFile } from './supergraph/file.ts';
import { createGateway } from './supergraph/gateway.ts';
import { createLog } from './telemetry/log.ts';
import { httpTransport } from './transport/http.ts';
import { inProcessTransport } from './transport/in-process.ts';

// The command line: the only place where Junction reads the environment, takes signals and ends the process.

const help = `Junction: one GraphQL endpoint over the systems a company already runs.

  npm start                       the gateway with its subgraphs in one process
  npm run gateway                 the gateway alone; subgraphs are reached by routing_url
  npm run subgraph -- NAME        one subgraph as a service, at the port of its routing_url
  npm run --silent compose        print the supergraph schema

Settings are environment variables; the README lists them.`;

/** Something that runs until it is told to stop. */
interface Running {
  stop(): Promise<void>;
}

/** After this many milliseconds of stopping the process ends, whatever is still in flight. */
const stopLimitMs = 9_500;
/** Ctrl-C in a terminal reaches the process twice, from the terminal and from npm: this close together is one. */
const sameSignalMs = 500;

const started = performance.now();

async function main(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  const [command = 'start', ...rest] = positionals;
  if (values.help || command === 'help') return say(help);
  if (command === 'demo') return runStandIns(rest[0] ?? '{}', rest.slice(1));
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel });
  const file = await readSupergraphFile(config.supergraphFile);
  if (command === 'compose') return say((await composeSupergraph(file)).sdl);
  if (command === 'start') return run(await startGateway(config, file, embeddedNames(config, file), log), log);
  if (command === 'gateway') return run(await startGateway(config, file, [], log), log);
  if (command === 'subgraph') return run(await startSubgraph(config, file, rest[0], log), log);
  throw new ConfigError([`"${command}" is no command. See npm start -- --help.`]);
}

async function startGateway(
  config: Config,
  file: SupergraphFile,
  names: readonly string[],
  log: Logger,
): Promise<Running> {
  const [supergraph, embedded] = await allOrFaults(
    composeSupergraph(file),
    openEmbedded(names, { config, environment: process.env, log }),
  );
  const gateway = await createGateway({
    supergraph,
    transport: (name, url) => {
      const subgraph = embedded.subgraphs.get(name);
      return subgraph ? inProcessTransport(subgraph) : httpTransport(url);
    },
    fetchTimeoutMs: config.fetchTimeoutMs,
    log,
  });
  const server = createServer({ gateway, requestTimeoutMs: config.requestTimeoutMs, log });
  const stop = async () => {
    await server.close();
    await embedded.close();
  };
  const url = await server.listen({ host: config.host, port: config.port ?? 4000 }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  announceGateway({
    url,
    supergraph,
    embedded,
    health: await gateway.health(),
    seconds: (performance.now() - started) / 1000,
    log,
  });
  return { stop };
}

async function startSubgraph(
  config: Config,
  file: SupergraphFile,
  name: string | undefined,
  log: Logger,
): Promise<Running> {
  const entry = file.subgraphs.find((each) => each.name === name);
  if (!entry) {
    const names = file.subgraphs.map((each) => each.name).join(', ');
    throw new ConfigError([`npm run subgraph -- NAME: expected one of ${names}, got ${name ?? 'nothing'}.`]);
  }
  const embedded = await openEmbedded([entry.name], { config, environment: process.env, log });
  const subgraph = embedded.subgraphs.get(entry.name);
  if (!subgraph) throw new Error(`expected ${entry.name} to be open`);
  const port = config.port ?? Number(new URL(entry.routingUrl).port || 80);
  const server = await serveSubgraph(subgraph, { host: config.host, port }).catch(async (error: unknown) => {
    await embedded.close();
    throw error;
  });
  announceSubgraph({
    name: entry.name,
    url: server.listeningOrigin,
    health: await subgraph.health(AbortSignal.timeout(1000)),
    demo: embedded.demo.length > 0,
    log,
  });
  return {
    async stop() {
      await server.close();
      await embedded.close();
    },
  };
}

function embeddedNames({ embed }: Config, { subgraphs }: SupergraphFile): readonly string[] {
  const names = subgraphs.map(({ name }) => name);
  if (embed === 'all') return names;
  const unknown = embed.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new ConfigError([`EMBED: expected names out of ${names.join(', ')}, got ${unknown.join(', ')}.`]);
  return embed;
}

/** Waits for both; if either fails, lets go of the other and reports the faults of both together. */
async function allOrFaults<T>(composing: Promise<T>, embedding: Promise<Embedded>): Promise<[T, Embedded]> {
  const [composed, embedded] = await Promise.allSettled([composing, embedding]);
  if (composed.status === 'fulfilled' && embedded.status === 'fulfilled') return [composed.value, embedded.value];
  if (embedded.status === 'fulfilled') await embedded.value.close();
  const reasons = [composed, embedded].flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const faults = reasons.map(faultsOf);
  const unexpected = reasons.find((_reason, i) => faults[i] === undefined);
  throw unexpected ?? new StartupError(faults.flatMap((each) => each ?? []));
}

/** Runs until a signal comes; what is in flight then finishes, and the process ends with 0. */
function run(running: Running, log: Logger): void {
  let stopping: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping !== undefined) {
      if (performance.now() - stopping > sameSignalMs) process.exit(130);
      return;
    }
    stopping = performance.now();
    log.info({ signal }, 'stopping: requests in flight finish first');
    setTimeout(() => {
      log.error('stopping took too long; what is in flight is cut off');
      process.exit(1);
    }, stopLimitMs).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

/** What a person can mend, one line each; undefined for an error of Junction itself. */
function faultsOf(error: unknown): readonly string[] | undefined {
  const known = [ConfigError, StartupError, SupergraphFileError, CompositionError];
  if (known.some((kind) => error instanceof kind)) return (error as ConfigError).faults;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return [`PORT: ${error.port} is in use. Stop what listens there, or set PORT to another.`];
  }
  return undefined;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const faults = faultsOf(error);
  process.stderr.write(faults ? faultReport(faults) : `${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
