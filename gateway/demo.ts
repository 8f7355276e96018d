import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StandIn, StartStandIn } from '../subgraphs/demo/stand-in.ts';
import type { Config } from './config.ts';

/** Stand-ins for vendors' systems, running in processes of their own. */
export interface StandIns {
  /** The subgraphs that stand on them. */
  readonly names: readonly string[];
  /** The environment variables that point subgraphs at them. */
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

type Message = { readonly settings: StandIn['settings'] } | { readonly error: string };

/**
 * Starts the stand-ins of those subgraphs that bring one and have no setting of their own: no variable that begins with their
 * name, such as `ORDERS_URL`. They run in child processes, so that their work never holds up the gateway's event loop; this
 * waits until they answer. The first start writes the demo data, which takes some seconds.
 */
export async function startStandIns(
  subgraphs: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  config: Config,
): Promise<StandIns> {
  const names = subgraphs.filter((name) => existsSync(systemOf(name)) && !hasSettings(name, environment));
  if (names.length > 0 && process.stdout.isTTY && !existsSync(config.demoFolder))
    process.stdout.write('Making the demo company, this once …\n');
  const options = JSON.stringify({ folder: resolve(config.demoFolder), scale: config.demoScale });
  // One process for each core: writing the data takes a core for two or three seconds.
  const each = Math.ceil(names.length / availableParallelism());
  const groups = names.flatMap((_name, i) => (i % each === 0 ? [names.slice(i, i + each)] : []));
  const started = await Promise.all(groups.map((group) => startProcess(group, options)));
  return {
    names,
    settings: Object.assign({}, ...started.map(({ settings }) => settings)),
    close: async () => void (await Promise.all(started.map(({ close }) => close()))),
  };
}

async function startProcess(names: readonly string[], options: string): Promise<StandIn> {
  const child = fork(resolve(import.meta.dirname, 'main.ts'), ['demo', options, ...names], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const message = await Promise.race([once(child, 'message').then(([first]) => first as Message), ended]);
  if (!('settings' in message)) {
    child.kill('SIGKILL');
    throw new Error(`the demo systems did not start: ${'error' in message ? message.error : 'their process ended'}`);
  }
  return {
    settings: message.settings,
    async close() {
      // It stops when nobody listens to it any more: also when this process is killed.
      if (child.connected) child.disconnect();
      const late = setTimeout(() => child.kill('SIGKILL'), 1000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** The child's side of `startStandIns`. Once started, it leaves signals to its parent: a Ctrl-C in a terminal reaches both. */
export async function runStandIns(options: string, names: readonly string[]): Promise<void> {
  const started: StandIn[] = [];
  process.once('disconnect', async () => {
    await Promise.all(started.map((each) => each.close()));
    process.exit(0);
  });
  const send = (message: Message) => process.send?.(message);
  try {
    for (const name of names) {
      const { start } = (await import(pathToFileURL(systemOf(name)).href)) as { start: StartStandIn };
      started.push(await start(JSON.parse(options)));
    }
    // Only now: a Ctrl-C while the data is written ends that.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => {});
    send({ settings: Object.assign({}, ...started.map(({ settings }) => settings)) });
  } catch (error) {
    send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function systemOf(name: string): string {
  return resolve(import.meta.dirname, '../subgraphs', name, 'demo/system.ts');
}

function hasSettings(name: string, environment: Readonly<Record<string, string | undefined>>): boolean {
  const prefix = `${name.toUpperCase().replaceAll('-', '_')}_`;
  return Object.entries(environment).some(([variable, value]) => variable.startsWith(prefix) && value);
}
