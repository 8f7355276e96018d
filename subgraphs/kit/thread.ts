import { Worker } from 'node:worker_threads';

/** What a thread answers; `message` says why it couldn't. */
export type ThreadAnswer<Answer> = { readonly answer: Answer } | { readonly message: string };

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly signal: AbortSignal;
  settle(answer: ThreadAnswer<Answer> | { readonly reason: unknown }): void;
}

/**
 * A thread that answers one question after another, started by the first. A question whose caller goes away while it waits is
 * never asked; one that is being answered then has a while left, after which its thread is ended, so that it holds up no others. A
 * thread that ends is started anew by the next question.
 */
export class Thread<Question, Answer> {
  readonly #file: URL;
  readonly #data: unknown;
  readonly #graceMs: number;
  #worker: Worker | undefined;
  #running: Waiting<Question, Answer> | undefined;
  #closed = false;
  readonly #queue: Waiting<Question, Answer>[] = [];

  /**
   * @param file the module that the thread runs
   * @param data what it finds as its `workerData`; a function is called at each start
   * @param graceMs how long it may go on with a question that nobody waits for any more
   */
  constructor(file: URL, data: unknown, graceMs = 1000) {
    this.#file = file;
    this.#data = data;
    this.#graceMs = graceMs;
  }

  /** Errors: the signal's reason when it aborts, an Error with the thread's message. */
  ask(question: Question, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiting.settle({ reason: signal.reason });
        if (this.#running === waiting) setTimeout(() => this.#giveUp(waiting), this.#graceMs).unref();
      };
      const waiting: Waiting<Question, Answer> = {
        question,
        signal,
        settle(answer) {
          signal.removeEventListener('abort', onAbort);
          if ('answer' in answer) resolve(answer.answer);
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
    this.#worker.postMessage(waiting.question);
  }

  #start(): Worker {
    const data = typeof this.#data === 'function' ? this.#data() : this.#data;
    const worker = new Worker(this.#file, { workerData: data });
    worker.on('message', (answer: ThreadAnswer<Answer>) => {
      // One that was given up may still have answered.
      if (this.#worker === worker) this.#answered(answer);
    });
    worker.on('error', (error) => this.#lose(worker, error.message));
    worker.on('exit', () => this.#lose(worker, 'the thread ended'));
    return worker;
  }

  /** Ends the thread where it is still busy with this question. What can't be interrupted ends by itself, without us. */
  #giveUp(waiting: Waiting<Question, Answer>): void {
    const worker = this.#worker;
    if (!worker || this.#running !== waiting) return;
    this.#lose(worker, 'nobody waits for the answer any more');
    void worker.terminate();
  }

  #answered(answer: ThreadAnswer<Answer>): void {
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
