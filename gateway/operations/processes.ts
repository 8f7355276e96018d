import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { FairQueue, type QueueSize, type Waiting } from './fair-queue.ts';
import { type PlannerProcess, ProcessEndedError } from './process.ts';

/** What planning may take. */
export interface PlanningLimits {
  /** How long one operation may hold a planning process, in milliseconds: `PLAN_TIMEOUT_MS`. */
  readonly timeoutMs: number;
  /** The heap of a planning process, in megabytes: `PLAN_MEMORY_MB`. */
  readonly memoryMb: number;
}

/** How the processes of one supergraph are made and used. */
export interface PlannerProcessesOptions {
  /** A process that has loaded the supergraph. */
  readonly first: PlannerProcess;
  /** Makes another one, unless that is given up. */
  readonly another: (signal: AbortSignal) => Promise<PlannerProcess>;
  readonly limits: PlanningLimits;
  readonly log: Logger;
  /** After this many milliseconds of one piece of work others no longer wait for its process. @default 200 */
  readonly patienceMs?: number;
  /** How long a second process waits for work before it ends, in milliseconds. @default 30000 */
  readonly idleMs?: number;
  /** How much may wait, in pieces of work and in characters of query text. @default 500 and 16 million */
  readonly queue?: QueueSize;
  /** How long something may wait, in milliseconds. @default 5000 */
  readonly waitMs?: number;
}

/** The work took more than it may; its process was ended. */
export class PlanningBudgetError extends Error {
  override readonly name = 'PlanningBudgetError';
  readonly budget: 'time' | 'memory';

  constructor(budget: PlanningBudgetError['budget']) {
    super(`planning took too much ${budget}`);
    this.budget = budget;
  }
}

/** Too much is waiting for a planning process. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

interface Work extends Waiting {
  readonly run: (planner: PlannerProcess) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** When it began to wait, by `performance.now()`. */
  since: number;
  attempt: number;
}

/** A process at work, or waiting for some. */
interface Member {
  readonly planner: PlannerProcess;
  work?: { readonly task: Work; readonly budget: NodeJS.Timeout; readonly patience: NodeJS.Timeout; held: boolean };
  idle?: NodeJS.Timeout;
}

/**
 * The planning processes of one supergraph: one, and a second one while that is held up or was ended for taking too much. Nothing but
 * ending a process stops Apollo's planner. Own code, as the pools that there are (Piscina) start their processes by themselves; here the
 * first one comes with a supergraph that it has composed, and a process is worth keeping for what it has loaded.
 */
export class PlannerProcesses {
  readonly #options: Required<PlannerProcessesOptions>;
  readonly #members = new Set<Member>();
  readonly #queue: FairQueue<Work>;
  /** Who had work that took too much lately. Of theirs only one is done at a time: the other process is for others. */
  readonly #costly = new LRUCache<string, true>({ max: 1_000, ttl: 60_000 });
  #starting: Promise<void> | undefined;
  readonly #closing = new AbortController();

  constructor(options: PlannerProcessesOptions) {
    const queue = { length: 500, characters: 16_000_000 };
    this.#options = { patienceMs: 200, idleMs: 30_000, queue, waitMs: 5_000, ...options };
    this.#queue = new FairQueue(this.#options.queue);
    this.#join(options.first);
  }

  /**
   * Runs something with a process of its own until it is settled; `characters` is how much memory it takes to wait. It is run once
   * more when its process dies. `who` wants it, where somebody does. Errors: its own; BusyError; PlanningBudgetError; ProcessEndedError.
   */
  run<T>(run: (planner: PlannerProcess) => Promise<T>, characters: number, who?: string): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#isClosed) return reject(new ProcessEndedError('stopped'));
      const task: Work = { run, characters, who, resolve, reject, since: 0, attempt: 1 };
      if (!this.#queue.hasRoomFor(task)) return reject(new BusyError('too many operations wait to be planned'));
      this.#enqueue(task, 'last');
    }) as Promise<T>;
  }

  /** How many pieces of work wait for a process. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** How many processes there are. */
  get processes(): number {
    return this.#members.size;
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Ends all processes. What waits is rejected. */
  async close(): Promise<void> {
    this.#closing.abort(new ProcessEndedError('stopped'));
    for (const { reject } of this.#queue.takeAll()) reject(new ProcessEndedError('stopped'));
    await Promise.all([...this.#members].map(({ planner }) => planner.end()));
    await this.#starting;
  }

  #enqueue(task: Work, place: 'first' | 'last'): void {
    task.since = performance.now();
    this.#queue.add(task, place);
    const idle = [...this.#members].find(({ work }) => !work);
    if (idle) this.#next(idle);
    else this.#help();
  }

  /** Starts a second process where work waits behind work that takes long, and a first one where there is none. */
  #help(): void {
    const atWork = [...this.#members];
    if (this.#queue.length > 0 && atWork.length < 2 && atWork.every(({ work }) => work?.held)) this.#start();
  }

  #start(): void {
    if (this.#starting || this.#isClosed) return;
    this.#starting = this.#options
      .another(this.#closing.signal)
      .then(
        async (planner) => {
          if (this.#isClosed) await planner.end();
          else this.#join(planner);
        },
        (error: unknown) => {
          if (this.#isClosed) return;
          this.#options.log.error({ err: error }, 'a planning process did not start');
          // Whoever waits for this one would wait for ever; the next one to come tries again.
          if (this.#members.size === 0) for (const { reject } of this.#queue.takeAll()) reject(error);
        },
      )
      .finally(() => {
        this.#starting = undefined;
      });
  }

  #join(planner: PlannerProcess): void {
    const member: Member = { planner };
    this.#members.add(member);
    planner.onDeath = (reason) => {
      if (member.work) return;
      this.#options.log.error({ err: reason.cause ?? reason }, 'a planning process died');
      this.#lose(member);
    };
    this.#next(member);
  }

  /** Another takes its place, since the next operation would wait for one. */
  #lose(member: Member): void {
    clearTimeout(member.idle);
    this.#members.delete(member);
    for (const other of this.#members) if (!other.work) this.#next(other);
    if (this.#members.size === 0) this.#start();
    else this.#help();
  }

  #next(member: Member): void {
    clearTimeout(member.idle);
    const task = this.#take();
    if (task) {
      void this.#work(member, task);
    } else if (this.#members.size > 1) {
      member.idle = setTimeout(() => {
        if (this.#members.size === 1) return;
        this.#members.delete(member);
        void member.planner.end();
      }, this.#options.idleMs).unref();
    }
  }

  /** The next that waits, but for those that have waited too long: whoever asked for them is gone, or will ask again. */
  #take(): Work | undefined {
    for (;;) {
      const task = this.#queue.take((who) => who === undefined || !this.#costly.has(who) || !this.#worksFor(who));
      if (!task) return undefined;
      if (performance.now() - task.since <= this.#options.waitMs) return task;
      task.reject(new BusyError('an operation waited too long to be planned'));
    }
  }

  #worksFor(who: string): boolean {
    return [...this.#members].some(({ work }) => work?.task.who === who);
  }

  async #work(member: Member, task: Work): Promise<void> {
    const { limits, patienceMs, log } = this.#options;
    const { planner } = member;
    let over: PlanningBudgetError['budget'] | undefined;
    const onOver = () => {
      over = 'time';
      void planner.end();
    };
    const onHeld = () => {
      work.held = true;
      this.#help();
    };
    const work = {
      task,
      budget: setTimeout(onOver, limits.timeoutMs),
      patience: setTimeout(onHeld, patienceMs),
      held: false,
    };
    member.work = work;
    const result = await task.run(planner).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    clearTimeout(work.budget);
    clearTimeout(work.patience);
    delete member.work;
    const ended = 'error' in result && result.error instanceof ProcessEndedError ? result.error : undefined;
    if (ended?.reason === 'memory') over = 'memory';
    if (over && task.who !== undefined) this.#costly.set(task.who, true);
    if (over || ended) this.#lose(member);
    else this.#next(member);
    if (!ended) return 'error' in result ? task.reject(result.error) : task.resolve(result.value);

    if (over) {
      log.warn({ budget: over, ...limits }, 'planning an operation took too much and was given up');
      task.reject(new PlanningBudgetError(over));
    } else if (ended.reason === 'died' && task.attempt === 1 && !this.#isClosed) {
      log.error({ err: ended.cause ?? ended }, 'a planning process died');
      task.attempt += 1;
      this.#enqueue(task, 'first');
    } else {
      task.reject(ended);
    }
  }
}
