import { existsSync } from 'node:fs';
import { access, constants, mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from 'pino';
import type { StandIn, StartStandIn } from '../../subgraphs/demo/stand-in.ts';
import { type Config, ConfigError } from '../config.ts';
import { during, type Task } from '../terminal/progress.ts';
import { folderOf } from './folders.ts';
import { type StandInMessage, type StandInOrder, StandInProcess } from './stand-in-process.ts';

/** Stand-ins for vendors' systems, running in processes of their own. */
export interface StandIns {
  /** The subgraphs that stand on them. */
  readonly names: readonly string[];
  /** The environment variables that point subgraphs at them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Starts what these subgraphs need, too. Errors: then nothing more runs than before. */
  add(subgraphs: readonly string[]): Promise<void>;
  /** Stops what these subgraphs don't need. */
  keep(subgraphs: readonly string[]): Promise<void>;
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
  let running: readonly StandInProcess[] = [];
  let log: Logger | undefined;
  let changing: Promise<unknown> = Promise.resolve();
  const namesOf = () => running.flatMap(({ names }) => names);

  /** One change after the other: two that add the same stand-in would start it twice. */
  function inTurn(change: () => Promise<void>): Promise<void> {
    const changed = changing.then(change);
    changing = changed.catch(() => {});
    return changed;
  }

  async function add(wanted: readonly string[]): Promise<void> {
    const names = namesOf();
    const missing = wanted.filter((name) => !names.includes(name) && needsStandIn(name, environment));
    if (missing.length > 0) await makeFolder(folder);
    // One process for each core: writing the data takes a core for two or three seconds.
    const each = Math.ceil(missing.length / availableParallelism());
    const groups = missing.flatMap((_name, i) => (i % each === 0 ? [missing.slice(i, i + each)] : []));
    const start = (task: Task) => {
      const writing = new Map<object, string>();
      const startGroup = (group: readonly string[]) =>
        StandInProcess.start({ names: group, folder, scale }, (name, part) => {
          writing.set(group, `${name} ${Math.round(part * 100)} %`);
          task.tell(`making the demo company, this once: ${[...writing.values()].join(', ')}`);
        });
      return Promise.allSettled(groups.map(startGroup));
    };
    const results = missing.length === 0 ? [] : await during('starting demo systems', start);
    const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) {
      await Promise.all(started.map((process) => process.close()));
      throw failed.reason;
    }
    running = [...running, ...started];
    if (log) for (const process of started) void process.supervise(log);
  }

  async function keep(wanted: readonly string[]): Promise<void> {
    await Promise.all(running.map((process) => process.keep(wanted)));
    running = running.filter(({ names }) => names.length > 0);
  }

  await add(subgraphs);
  return {
    get names() {
      return namesOf();
    },
    get settings() {
      return Object.assign({}, ...running.map(({ settings }) => settings));
    },
    add: (wanted) => inTurn(() => add(wanted)),
    keep: (wanted) => inTurn(() => keep(wanted)),
    supervise(to) {
      log = to;
      for (const process of running) void process.supervise(to);
    },
    close: async () => void (await Promise.all(running.map((process) => process.close()))),
  };
}

/** Whether a subgraph brings a stand-in and has no setting of its own. */
export function needsStandIn(name: string, environment: Readonly<Record<string, string | undefined>>): boolean {
  const prefix = `${name.toUpperCase().replaceAll('-', '_')}_`;
  const isSet = Object.entries(environment).some(([variable, value]) => variable.startsWith(prefix) && value);
  return !isSet && existsSync(systemOf(name));
}

/** The child's side of `startStandIns`. Once started, it leaves signals to its parent: a Ctrl-C in a terminal reaches both. */
export async function runStandIns(order: string): Promise<void> {
  const { names, folder, scale, ports = {} } = JSON.parse(order) as StandInOrder;
  const started = new Map<string, StandIn>();
  process.once('disconnect', async () => {
    await Promise.all([...started.values()].map((each) => each.close()));
    process.exit(0);
  });
  process.on('message', async (name: string) => {
    await started.get(name)?.close();
    started.delete(name);
  });
  const send = (message: StandInMessage) => process.send?.(message);
  const parent = process.ppid;
  try {
    for (const name of names) {
      const { start } = (await import(pathToFileURL(systemOf(name)).href)) as { start: StartStandIn };
      const port = ports[name];
      const onWriting = (part: number, draft: string) => {
        // While data is written nothing else tells that the parent is gone, even if it was killed.
        if (process.ppid !== parent) throw new Error('the process that started this one is gone');
        send({ writing: name, part, draft });
      };
      started.set(name, await start({ folder, scale, onWriting, ...(port !== undefined && { port }) }));
    }
    // Only now: a Ctrl-C while the data is written ends that.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => {});
    send({
      settings: Object.fromEntries([...started].map(([name, { settings }]) => [name, settings])),
      ports: Object.fromEntries([...started].flatMap(([name, { port }]) => (port === undefined ? [] : [[name, port]]))),
    });
  } catch (error) {
    const reason = unwritable(error);
    send({
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      ...(reason !== undefined && {
        fault: `DEMO_FOLDER: the demo company can't be written at ${folder} (${reason}). Expected a folder where this user may write, with 40 MB times DEMO_SCALE free; or another DEMO_FOLDER.`,
      }),
    });
  }
}

/** Why data can't be written, where a person can mend that: of the file system, or what SQLite makes of it. */
function unwritable(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EEXIST', 'ENOTDIR'].includes(String(error.code)))
    return String(error.code);
  const isFull = error.code === 'ERR_SQLITE_ERROR' && /disk|unable to open|readonly/.test(error.message);
  return isFull ? error.message : undefined;
}

function systemOf(name: string): string {
  return join(folderOf(name), 'demo/system.ts');
}

/** Makes the folder, which must be one that can be written. Errors: ConfigError. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    // As the keys that lie there say it, so that it's told once.
    throw new ConfigError([
      `DEMO_FOLDER: can't be written at ${folder} (${(cause as NodeJS.ErrnoException).code}). Expected a folder where this user may write.`,
    ]);
  }
}
