import { Worker } from 'node:worker_threads';
import type { Bindable, Values } from './engine.ts';

/** What the thread is asked. */
export interface ScanRequest {
  readonly sql: string;
  readonly parameters: readonly Bindable[];
}

/** What the thread answers. */
export type ScanAnswer = { readonly rows: readonly Values[] } | { readonly message: string };

interface Waiting extends ScanRequest {
  readonly signal: AbortSignal;
  settle(answer: ScanAnswer | { readonly reason: unknown }): void;
}

/**
 * A thread that runs one SQLite statement after another, started by the first. A statement whose caller goes away while it
 * waits is never run; one that already runs can't be stopped, only its answer is dropped.
 */
export class ScanThread {
  readonly #path: string;
  #worker: Worker | undefined;
  #running: Waiting | undefined;
  #closed = false;
  readonly #queue: Waiting[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  run(sql: string, parameters: readonly Bindable[], signal: AbortSignal): Promise<readonly Values[]> {
    return new Promise((resolve, reject) => {
      const onAbort = () => waiting.settle({ reason: signal.reason });
      const waiting: Waiting = {
        sql,
        parameters,
        signal,
        settle(answer) {
          signal.removeEventListener('abort', onAbort);
          if ('rows' in answer) resolve(answer.rows);
          else reject('reason' in answer ? answer.reason : new Error(answer.message));
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(waiting);
      this.#next();
    });
  }

  /** Ends the thread; what still waits is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    if (worker) this.#lose(worker, 'the source was closed');
    for (const waiting of this.#queue.splice(0)) waiting.settle({ message: 'the source was closed' });
    await worker?.terminate();
  }

  #next(): void {
    if (this.#running) return;
    let waiting = this.#queue.shift();
    while (waiting?.signal.aborted) waiting = this.#queue.shift();
    if (!waiting) return;
    if (this.#closed) {
      waiting.settle({ message: 'the source is closed' });
      return;
    }
    this.#running = waiting;
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#worker.postMessage({ sql: waiting.sql, parameters: waiting.parameters } satisfies ScanRequest);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), { workerData: { path: this.#path } });
    worker.on('message', (answer: ScanAnswer) => this.#answered(answer));
    worker.on('error', (error) => this.#lose(worker, error.message));
    worker.on('exit', () => this.#lose(worker, 'the thread that reads the database ended'));
    return worker;
  }

  #answered(answer: ScanAnswer): void {
    this.#running?.settle(answer);
    this.#running = undefined;
    // An idle thread must not keep the process alive.
    if (this.#queue.length === 0) this.#worker?.unref();
    this.#next();
  }

  /** A thread that ends does so once for us, though it says so twice: what the next one runs is not its to answer. */
  #lose(worker: Worker, message: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#answered({ message });
  }
}
