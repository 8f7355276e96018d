import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from 'pino';
import type { StandIn, StartStandIn } from '../subgraphs/demo/stand-in.ts';
import type { Config } from './config.ts';
import { folderOf } from './folders.ts';
import { type StandInMessage, type StandInOrder, StandInProcess } from './stand-in-process.ts';

/** Stand-ins for vendors' systems, running in processes of their own. */
export interface StandIns {
  /** The subgraphs that stand on them. */
  readonly names: readonly string[];
  /** The environment variables that point subgraphs at them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Starts what these subgraphs need, too. */
  add(subgraphs: readonly string[]): Promise<void>;
  /** From now on, processes that end by themselves are started again. */
  supervise(log: Logger): void;
  close(): Promise<void>;
}

/**
 * Starts the stand-ins of those subgraphs that bring one and have no setting of their own: no variable that begins with their
 * name, such as `ORDERS_URL`. They run in child processes, so that their work never holds up the gateway's event loop; this
 * waits until they answer. The first start writes the demo data, which takes some seconds.
 */
export async function startStandIns(
  subgraphs: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  { demoFolder, demoScale: scale }: Config,
): Promise<StandIns> {
  const folder = resolve(demoFolder);
  const running: StandInProcess[] = [];
  const names: string[] = [];
  let log: Logger | undefined;

  async function add(wanted: readonly string[]): Promise<void> {
    const missing = wanted.filter(
      (name) => !names.includes(name) && existsSync(systemOf(name)) && !hasSettings(name, environment),
    );
    // One process for each core: writing the data takes a core for two or three seconds.
    const each = Math.ceil(missing.length / availableParallelism());
    const groups = missing.flatMap((_name, i) => (i % each === 0 ? [missing.slice(i, i + each)] : []));
    const started = await Promise.all(groups.map((group) => StandInProcess.start({ names: group, folder, scale })));
    running.push(...started);
    names.push(...missing);
    if (log) for (const process of started) void process.supervise(log);
  }

  if (process.stdout.isTTY && !existsSync(folder) && subgraphs.some((name) => existsSync(systemOf(name))))
    process.stdout.write('Making the demo company, this once …\n');
  await add(subgraphs);
  return {
    names,
    get settings() {
      return Object.assign({}, ...running.map(({ settings }) => settings));
    },
    add,
    supervise(to) {
      log = to;
      for (const process of running) void process.supervise(to);
    },
    close: async () => void (await Promise.all(running.map((process) => process.close()))),
  };
}

/** The child's side of `startStandIns`. Once started, it leaves signals to its parent: a Ctrl-C in a terminal reaches both. */
export async function runStandIns(order: string): Promise<void> {
  const { names, folder, scale, ports = {} } = JSON.parse(order) as StandInOrder;
  const started = new Map<string, StandIn>();
  process.once('disconnect', async () => {
    await Promise.all([...started.values()].map((each) => each.close()));
    process.exit(0);
  });
  const send = (message: StandInMessage) => process.send?.(message);
  try {
    for (const name of names) {
      const { start } = (await import(pathToFileURL(systemOf(name)).href)) as { start: StartStandIn };
      const port = ports[name];
      started.set(name, await start({ folder, scale, ...(port !== undefined && { port }) }));
    }
    // Only now: a Ctrl-C while the data is written ends that.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => {});
    send({
      settings: Object.assign({}, ...[...started.values()].map(({ settings }) => settings)),
      ports: Object.fromEntries([...started].flatMap(([name, { port }]) => (port === undefined ? [] : [[name, port]]))),
    });
  } catch (error) {
    send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function systemOf(name: string): string {
  return join(folderOf(name), 'demo/system.ts');
}

function hasSettings(name: string, environment: Readonly<Record<string, string | undefined>>): boolean {
  const prefix = `${name.toUpperCase().replaceAll('-', '_')}_`;
  return Object.entries(environment).some(([variable, value]) => variable.startsWith(prefix) && value);
}
