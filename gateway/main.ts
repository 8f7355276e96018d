import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { faultReport } from './announce.ts';
import { ConfigError, embeddedNames, examineConfig, isEmbedded, subgraphName } from './config.ts';
import { runStandIns, startStandIns } from './demo.ts';
import { allOrFaults, faultsOf } from './faults.ts';
import type { Running } from './start.ts';
import type { SupergraphFile } from './supergraph/file.ts';

// The command line: the only place where Junction reads the environment, takes signals and ends the process.

const help = `Junction: one GraphQL endpoint over the systems a company already runs.

  npm start                       the gateway with its subgraphs in one process
  npm run gateway                 the gateway alone; subgraphs are reached by routing_url
  npm run subgraph -- NAME        one subgraph as a service, at the port of its routing_url
  npm run --silent compose        print the supergraph schema
  npm run check [-- NAME]         hold every mapping, or one, against its live system, and read a few records
  npm run new -- NAME --from URL  draft a subgraph by looking at a system (npm run new -- --help)
  npm run types                   write contract.ts beside each schema.graphql, for the editor and the compiler

Settings are environment variables; the README lists them.`;

/** After this many milliseconds of stopping the process ends, whatever is still in flight. */
const stopLimitMs = 9_500;
/** Ctrl-C in a terminal reaches the process twice, from the terminal and from npm: this close together is one. */
const sameSignalMs = 500;

// What each command needs is imported when it is needed, and compiled once: starting is mostly loading libraries.
enableCompileCache(resolve(import.meta.dirname, '../node_modules/.cache/compiled'));

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === 'new') {
    const { runNew } = await import('./new/command.ts');
    process.exitCode = await runNew(args.slice(1), process.env);
    return;
  }
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  const [command = 'start', ...rest] = positionals;
  if (values.help || command === 'help') return say(help);
  if (command === 'demo') return runStandIns(rest[0] ?? '{}');
  if (command === 'check') {
    const { runCheck } = await import('./check/command.ts');
    process.exitCode = await runCheck(rest[0], process.env);
    return;
  }
  if (!['start', 'gateway', 'subgraph', 'compose', 'types'].includes(command)) {
    throw new ConfigError([`"${command}" is no command. See npm start -- --help.`]);
  }
  const { config, faults } = examineConfig(process.env);
  // Everything is looked at to the end before anything is refused, so that all faults are told at once.
  const settings = faults.length > 0 ? Promise.reject(new ConfigError(faults)) : Promise.resolve();
  settings.catch(() => {});
  const { readSupergraphFile } = await import('./supergraph/file.ts');
  const reading = readSupergraphFile(config.supergraphFile).then(async (file) => ({ file, names: namesOf(file) }));
  const { file, names } = await reading.catch(async () => (await allOrFaults([settings, reading]))[1]);
  if (command === 'compose') {
    await settings;
    const { composeSupergraph } = await import('./supergraph/compose.ts');
    return say((await composeSupergraph(file)).sdl);
  }
  if (command === 'types') {
    await settings;
    const { writeTypes } = await import('./types.ts');
    const written = writeTypes(file);
    return say(
      written.length > 0
        ? `Written: ${written.map((name) => `subgraphs/${name}/contract.ts`).join(', ')}.`
        : 'All contract.ts are as their schema.graphql.',
    );
  }
  const environment = process.env;
  // The stand-ins take their time in another process; meanwhile this one loads libraries.
  const standIns = startStandIns(names, environment, config);
  const { createLog } = await import('./telemetry/log.ts');
  const log = createLog({ level: config.logLevel });
  const { openEmbedded } = await import('./embed.ts');
  const embedding = openEmbedded(names, {
    environment,
    standIns,
    systemTimeoutMs: config.systemTimeoutMs,
    log,
    ...(command === 'start' && { belongs: (name: string) => isEmbedded(config, name) }),
  });
  // What fails before anybody waits for it is reported by those who do.
  for (const early of [standIns, embedding]) early.catch(() => {});
  const { startGateway, startSubgraph } = await import('./start.ts');
  const start = command === 'subgraph' ? startSubgraph : startGateway;
  run(await start({ config, file, log, embedding, conditions: [settings] }), log);

  /** The subgraphs that run in this process. */
  function namesOf(all: SupergraphFile): readonly string[] {
    if (command === 'subgraph') return [subgraphName(rest[0], all)];
    return command === 'start' ? embeddedNames(config, all) : [];
  }
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

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const faults = faultsOf(error);
  process.stderr.write(faults ? faultReport(faults) : `${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
