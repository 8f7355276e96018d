import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CompositionError } from '../supergraph/errors.ts';
import type { Answers, Question, Reply, ThreadData } from './planner-thread.ts';
import { OperationRefusedError } from './refusal.ts';

/** How a planning thread is made. */
export interface ThreadOptions {
  /** The heap that it may use, in megabytes; past that it ends. */
  readonly memoryMb: number;
  /** The module that it runs. @default planner-thread.ts */
  readonly entry?: URL;
}

/** The thread is gone, and what it was asked has no answer. */
export class ThreadEndedError extends Error {
  override readonly name = 'ThreadEndedError';
  readonly reason: 'stopped' | 'memory' | 'died';

  constructor(reason: ThreadEndedError['reason'], options?: ErrorOptions) {
    super({ stopped: 'was stopped', memory: 'ran out of memory', died: 'died' }[reason], options);
    this.reason = reason;
  }
}

/** The planner broke down over a question: a fault of Junction's own. The thread can be asked on. */
export class PlannerError extends Error {
  override readonly name = 'PlannerError';
}

/** This thread's end of a planning thread. It's asked one thing after the other, and ends when it is told to or breaks down. */
export class PlanningThread {
  readonly #worker: Worker;
  #asked: PromiseWithResolvers<unknown> | undefined;
  #end: ThreadEndedError | undefined;
  readonly #exit: Promise<void>;
  /** Called once, when it ended without being told to. */
  onDeath: (reason: ThreadEndedError) => void = () => {};

  /** It begins to import what it needs at once. */
  constructor({ memoryMb, entry = new URL('planner-thread.ts', import.meta.url) }: ThreadOptions) {
    const compiled = getCompileCacheDir();
    // The folder that Node gives is its own one inside the one that it was given.
    const data: ThreadData = compiled === undefined ? {} : { compileCache: dirname(compiled) };
    this.#worker = new Worker(entry, {
      name: 'planning',
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    // A thread that is asked nothing keeps no process running.
    this.#worker.unref();
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (cause: Error & { code?: string }) => {
      this.#end ??= new ThreadEndedError(cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'died', { cause });
    });
    this.#exit = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        const ended = this.#end ?? new ThreadEndedError('died');
        this.#end = ended;
        this.#asked?.reject(ended);
        this.#asked = undefined;
        if (ended.reason !== 'stopped') this.onDeath(ended);
        resolve();
      });
    });
  }

  /**
   * Asks something. Errors: CompositionError for schemas that don't compose or load; OperationRefusedError for introspection that
   * can't be answered; PlannerError; ThreadEndedError. A second question before the first is answered is a mistake.
   */
  async ask<Q extends Question>(question: Q): Promise<Answers[Q['kind']]> {
    if (this.#end) throw this.#end;
    if (this.#asked) throw new Error('expected one question at a time');
    const asked = Promise.withResolvers<unknown>();
    this.#asked = asked;
    this.#worker.ref();
    this.#worker.postMessage(question);
    return asked.promise as Promise<Answers[Q['kind']]>;
  }

  /** Ends it, whatever it is doing; that takes some 10 ms, none of them on this thread. */
  async end(): Promise<void> {
    this.#end ??= new ThreadEndedError('stopped');
    void this.#worker.terminate();
    await this.#exit;
  }

  #settle(reply: Reply): void {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#worker.unref();
    if ('answer' in reply) asked?.resolve(reply.answer);
    else if ('faults' in reply) asked?.reject(new CompositionError(reply.faults));
    else if ('refused' in reply) asked?.reject(new OperationRefusedError(reply.refused));
    else asked?.reject(new PlannerError(reply.failure));
  }
}
