import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { clearAway } from '../../subgraphs/demo/remains.ts';
import type { StandIn } from '../../subgraphs/demo/stand-in.ts';
import { ConfigError } from '../config.ts';

/** Each stand-in's settings, by name. */
type Settings = Readonly<Record<string, StandIn['settings']>>;

/** What a process of stand-ins tells the one that started it. */
export type StandInMessage =
  /** How far the data of one is written, from 0 to 1, and the file that is written first. */
  | { readonly writing: string; readonly part: number; readonly draft: string }
  | { readonly settings: Settings; readonly ports: Readonly<Record<string, number>> }
  | Failed;

interface Failed {
  readonly error: string;
  /** Where a person can mend it. */
  readonly fault?: string | undefined;
}

/** Which stand-ins to start, and how; it crosses to their process as JSON. */
export interface StandInOrder {
  readonly names: readonly string[];
  readonly folder: string;
  readonly scale: number;
  /** Where those listen that were started before, by name. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** Told how far the data of a stand-in is written, from 0 to 1. */
export type OnWriting = (name: string, part: number) => void;

/** How often a process is started again without a good minute in between. */
const mostStarts = 3;
const goodMs = 60_000;

/** Some stand-ins in a process of their own. */
export class StandInProcess {
  readonly #settings: Settings;
  #order: StandInOrder;
  #child: ChildProcess;
  #ended: Promise<unknown>;
  #closed = false;

  private constructor(order: StandInOrder, { child, ended, settings }: Started) {
    this.#settings = settings;
    this.#order = order;
    this.#child = child;
    this.#ended = ended;
  }

  /** Starts the process, and waits until its stand-ins answer. */
  static async start(order: StandInOrder, onWriting?: OnWriting): Promise<StandInProcess> {
    const started = await startChild(order, onWriting);
    return new StandInProcess({ ...order, ports: started.ports }, started);
  }

  /** Those that it runs. */
  get names(): readonly string[] {
    return this.#order.names;
  }

  /** The environment variables that point subgraphs at them. */
  get settings(): StandIn['settings'] {
    return Object.assign({}, ...this.names.map((name) => this.#settings[name]));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** From now on, when the process ends by itself, starts it again at the same ports: subgraphs go on pointing at it. */
  async supervise(log: Logger): Promise<void> {
    const details = { systems: this.names };
    for (let ends = 0; ; ) {
      const started = performance.now();
      await this.#ended;
      if (this.#closed) return;
      ends = performance.now() - started > goodMs ? 1 : ends + 1;
      if (ends > mostStarts) return log.error(details, 'demo systems ended too often; they are not started again');
      log.error(details, 'demo systems ended unexpectedly; they are started again');
      try {
        const { child, ended } = await startChild(this.#order);
        this.#child = child;
        this.#ended = ended;
        // Closed meanwhile, when there was no process yet that could be told.
        if (this.#closed) return void child.disconnect();
        log.info(details, 'demo systems are there again');
      } catch (error) {
        log.error({ ...details, err: error }, 'demo systems could not be started again');
      }
    }
  }

  /** Stops those that aren't among these; without any left, the process. */
  async keep(names: readonly string[]): Promise<void> {
    const { names: all } = this.#order;
    this.#order = { ...this.#order, names: all.filter((name) => names.includes(name)) };
    if (this.names.length === 0) return this.close();
    for (const name of all) if (!names.includes(name) && this.#child.connected) this.#child.send(name);
  }

  async close(): Promise<void> {
    this.#closed = true;
    // It stops when nobody listens to it any more: also when this process is killed.
    if (this.#child.connected) this.#child.disconnect();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 1000);
    await this.#ended;
    clearTimeout(late);
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly settings: Settings;
  readonly ports: Readonly<Record<string, number>>;
}

/** Processes of this one, with the file that each is writing. */
const children = new Map<ChildProcess, string | undefined>();
process.on('exit', () => {
  for (const child of children.keys()) child.kill('SIGKILL');
  // Nobody takes half a file for a whole one, but nobody would clear it away soon either.
  for (const draft of children.values()) if (draft !== undefined) clearAway(draft);
});

const endedEarly: Failed = { error: 'their process ended' };

async function startChild(order: StandInOrder, onWriting: OnWriting = () => {}): Promise<Started> {
  const child = fork(resolve(import.meta.dirname, '../main.ts'), ['demo', JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.set(child, undefined);
  const ended = once(child, 'exit').finally(() => children.delete(child));
  const message = await Promise.race([outcome(child, onWriting), ended.then(() => endedEarly)]);
  if ('settings' in message) return { child, ended, settings: message.settings, ports: message.ports };
  child.kill('SIGKILL');
  if (message.fault !== undefined) throw new ConfigError([message.fault]);
  throw new Error(`the demo systems did not start: ${message.error}`);
}

/** What came of starting them. What is told on the way is passed on. */
function outcome(child: ChildProcess, onWriting: OnWriting): Promise<Exclude<StandInMessage, { writing: string }>> {
  return new Promise((resolve) => {
    child.on('message', (message: StandInMessage) => {
      if (!('writing' in message)) {
        children.set(child, undefined);
        return resolve(message);
      }
      children.set(child, message.draft);
      onWriting(message.writing, message.part);
    });
  });
}
