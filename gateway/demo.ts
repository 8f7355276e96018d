import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StandIn, StartStandIn } from '../subgraphs/demo/stand-in.ts';
import type { Config } from './config.ts';

/** Stand-ins for vendors' systems, running in a process of their own. */
export interface StandIns {
  /** The environment variables that point subgraphs at them. */
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

type Message = { readonly settings: Record<string, string> } | { readonly error: string };

/** Whether a subgraph brings a stand-in for its system. */
export function hasStandIn(folder: string): boolean {
  return existsSync(resolve(folder, 'demo/system.ts'));
}

/**
 * Starts the stand-ins of these subgraph folders in a child process, so that their work never holds up the gateway's event
 * loop, and waits until they answer. The first start writes the demo data, which takes a few seconds.
 */
export async function startStandIns(folders: readonly string[], config: Config): Promise<StandIns> {
  const options = { folder: resolve(config.demoFolder), scale: config.demoScale };
  const child = fork(resolve(import.meta.dirname, 'main.ts'), ['demo', JSON.stringify(options), ...folders], {
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

/** The child's side of `startStandIns`. Leaves signals to its parent: a Ctrl-C in a terminal reaches both. */
export async function runStandIns(options: string, folders: readonly string[]): Promise<void> {
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  const started: StandIn[] = [];
  process.once('disconnect', async () => {
    await Promise.all(started.map((each) => each.close()));
    process.exit(0);
  });
  const send = (message: Message) => process.send?.(message);
  try {
    for (const folder of folders) {
      const { start } = (await import(pathToFileURL(resolve(folder, 'demo/system.ts')).href)) as {
        start: StartStandIn;
      };
      started.push(await start(JSON.parse(options)));
    }
    send({ settings: Object.assign({}, ...started.map(({ settings }) => settings)) });
  } catch (error) {
    send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
