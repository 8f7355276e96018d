import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { nearest } from '../subgraphs/kit/nearest.ts';
import { faultReport } from './announce.ts';
import { sharedStandIns, tellReady, workerNumber } from './cluster-worker.ts';
import {
  type Config,
  ConfigError,
  embeddedNames,
  examineConfig,
  isEmbedded,
  readConfig,
  subgraphName,
} from './config.ts';
import { needsStandIn, runStandIns, startStandIns } from './embedded/demo.ts';
import { allOrFaults, faultsOf, MixedError } from './faults.ts';
import { catchStray } from './stray.ts';
import type { SupergraphFile } from './supergraph/file.ts';
import { readArguments } from './terminal/arguments.ts';
import { commands, isCommand } from './terminal/commands.ts';
import { helpText } from './terminal/help.ts';
import { endAtOnce } from './terminal/interrupt.ts';
import { during } from './terminal/progress.ts';

// The command line: the only place where Junction reads the environment, takes signals and ends the process.

/** After this many milliseconds of stopping the process ends, whatever is still in flight. */
const stopLimitMs = 9_500;
/** Ctrl-C in a terminal reaches the process twice, from the terminal and from npm: this close together is one. */
const sameSignalMs = 500;

// What each command needs is imported when it is needed, and compiled once: starting is mostly loading libraries.
enableCompileCache(resolve(import.meta.dirname, '../node_modules/.cache/compiled'));

/** Takes back that a signal ends the process at once, as it does until something runs that has to finish. */
let whileStarting = () => {};

async function main(args: readonly string[]): Promise<void> {
  const [command = 'start', ...rest] = args[0]?.startsWith('-') ? ['start', ...args] : args;
  if (command === 'demo') return runStandIns(rest[0] ?? '{}');
  if (command === 'help') return main([rest[0] ?? 'start', '--help']);
  if (!isCommand(command)) {
    const meant = nearest(command, Object.keys(commands));
    throw new ConfigError([`"${command}" is no command${meant}. See npm start -- --help.`]);
  }
  const [asked = command, ...others] = rest.slice(1);
  if (rest[0] === 'help' && others.length === 0 && isCommand(asked)) return main(['help', asked]);
  if (command === 'new') {
    const { runNew } = await import('./new/command.ts');
    process.exitCode = await runNew(rest, process.env);
    return;
  }
  if (command === 'keys') {
    const { runKeys } = await import('./keys/command.ts');
    process.exitCode = await runKeys(rest, () => readConfig(process.env));
    return;
  }
  if (command === 'access') {
    const { runAccess } = await import('./access/explain/command.ts');
    process.exitCode = await runAccess(rest, process.env);
    return;
  }
  const { typed, takes, help } = commands[command];
  const options = { help: { type: 'boolean', short: 'h' } } as const;
  const { positionals, values } = readArguments(typed, { args: rest, allowPositionals: true, options });
  if (values.help) return say(helpText(help).trimEnd());
  const more = positionals.slice(takes);
  if (more.length > 0) throw new ConfigError([`"${more.join(' ')}": ${command} takes no such argument.`]);
  const [subject] = positionals;
  if (command === 'check') {
    const { runCheck } = await import('./check/command.ts');
    process.exitCode = await runCheck(subject, process.env);
    return;
  }
  const environment = process.env;
  const { config, faults, refused } = examineConfig(environment);
  const gateway = command === 'start' || command === 'gateway';
  if ((gateway || command === 'subgraph') && workerNumber === undefined) whileStarting = endAtOnce();
  if (gateway && config.workers > 1 && workerNumber === undefined) return runCluster(config, environment);
  // Everything is looked at to the end before anything is refused, so that all faults are told at once.
  const settings = without(faults);
  const { readSupergraphFile } = await import('./supergraph/file.ts');
  const reading = readSupergraphFile(config.supergraphFile).then(async (file) => ({ file, inside: insideOf(file) }));
  const { file, inside } = await reading.catch(async () => (await allOrFaults([settings, reading]))[1]);
  if (command === 'compose') {
    await settings;
    const { composeSupergraph } = await import('./supergraph/compose.ts');
    const { signersWith, subgraphKeys } = await import('./access/configured.ts');
    const isAsked = file.subgraphs.some(({ schema }) => schema.kind === 'url');
    const composing = () => composeSupergraph(file, isAsked ? signersWith(subgraphKeys(config)) : undefined);
    return say((await during(`composing ${file.subgraphs.length} subgraphs`, composing)).sdl);
  }
  if (command === 'types') {
    await settings;
    const { writeTypes } = await import('./types.ts');
    const { written, faults: unread } = writeTypes(file);
    if (written.length > 0) say(`Written: ${written.map((name) => `subgraphs/${name}/contract.ts`).join(', ')}.`);
    if (unread.length > 0) throw new ConfigError(unread);
    return written.length > 0 ? undefined : say('All contract.ts are as their schema.graphql.');
  }
  // No demo company is written of a size that nobody asked for.
  const demo = !refused.has('DEMO_SCALE');
  const names = inside.names.filter((name) => demo || !needsStandIn(name, environment));
  // The stand-ins take their time in another process; meanwhile this one loads libraries.
  const standIns = workerNumber === undefined ? startStandIns(names, environment, config) : sharedStandIns(names);
  const { createLog } = await import('./telemetry/log.ts');
  const everyLog = createLog({ level: config.logLevel });
  const log = workerNumber === undefined ? everyLog : everyLog.child({ worker: workerNumber });
  const { openMetrics } = await import('./telemetry/process-metrics.ts');
  const metrics = openMetrics(config.telemetry);
  const { openEmbedded } = await import('./embedded/embed.ts');
  const embedding = openEmbedded(names, {
    observer: metrics.then((opened) => opened?.systems),
    environment,
    standIns,
    systemTimeoutMs: config.systemTimeoutMs,
    log,
    ...(command === 'start' && { belongs: (name: string) => isEmbedded(config, name) }),
  });
  // What fails before anybody waits for it is reported by those who do.
  for (const early of [standIns, metrics, embedding]) early.catch(() => {});
  const { startGateway, startSubgraph } = await import('./start.ts');
  const start = command === 'subgraph' ? startSubgraph : startGateway;
  const joins = workerNumber !== undefined && workerNumber > 1;
  const running = await during(command === 'subgraph' ? 'connecting' : 'composing', () =>
    start({
      config,
      file,
      environment,
      log,
      embedding,
      metrics,
      inside: names,
      conditions: [settings, without(inside.faults)],
      joins,
    }),
  );
  run(() => running.stop(), log);
  tellReady();

  /** The subgraphs that run in this process. */
  function insideOf(all: SupergraphFile): ReturnType<typeof embeddedNames> {
    if (command === 'subgraph') return { names: [subgraphName(subject, all)], faults: [] };
    return command === 'start' ? embeddedNames(config, all) : { names: [], faults: [] };
  }
}

/** Holds where there are no faults. Its rejection is for whoever waits for it. */
function without(faults: readonly string[]): Promise<void> {
  const holds = faults.length > 0 ? Promise.reject(new ConfigError(faults)) : Promise.resolve();
  holds.catch(() => {});
  return holds;
}

/** Runs the gateway in several processes; this one only looks after them. */
async function runCluster(config: Config, environment: NodeJS.ProcessEnv): Promise<void> {
  const { createLog } = await import('./telemetry/log.ts');
  const log = createLog({ level: config.logLevel });
  const { Cluster } = await import('./cluster.ts');
  const cluster = new Cluster({ config, environment, log });
  run((signal) => cluster.stop(signal), log);
  // Before that, when there was something wrong from the beginning.
  process.exit(await cluster.ended);
}

/**
 * Runs until a signal comes; what is in flight then finishes, and the process ends with 0, or with 1 after an exception that nobody
 * caught.
 */
function run(finish: (signal: NodeJS.Signals) => Promise<unknown>, log: Logger): void {
  let stopping: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping !== undefined) {
      if (performance.now() - stopping <= sameSignalMs) return;
      log.error({ signal }, 'asked twice: what is in flight is cut off');
      process.exit(130);
    }
    stopping = performance.now();
    log.info({ signal }, 'stopping: requests in flight finish first; asked twice, they are cut off');
    stop(0, signal);
  };
  const stop = (code: number, signal: NodeJS.Signals = 'SIGTERM') => {
    setTimeout(() => {
      log.error('stopping took too long; what is in flight is cut off');
      process.exit(1);
    }, stopLimitMs).unref();
    finish(signal).then(
      () => process.exit(code),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  whileStarting();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  catchStray(log, () => {
    if (stopping !== undefined) return;
    stopping = performance.now();
    stop(1);
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const faults = faultsOf(error);
  const [first = ''] = process.argv.slice(2);
  const what = commands[isCommand(first) ? first : 'start'].undone;
  if (faults) process.stderr.write(faultReport(what, faults));
  const unexpected = error instanceof MixedError ? error.cause : error;
  if (!faults || unexpected !== error)
    process.stderr.write(`${unexpected instanceof Error ? unexpected.stack : String(unexpected)}\n`);
  process.exit(1);
});
