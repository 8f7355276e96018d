import { type ChildProcess, fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompositionError } from '../supergraph/errors.ts';
import type { Answers, Question, Reply } from './planner-process.ts';
import { OperationRefusedError } from './refusal.ts';

/** How a planning process is made. */
export interface ProcessOptions {
  /** The heap that it may use, in megabytes; past that it ends. */
  readonly memoryMb: number;
  /** The module that it runs. @default planner-process.ts */
  readonly entry?: URL;
}

/** The process is gone, and what it was asked has no answer. */
export class ProcessEndedError extends Error {
  override readonly name = 'ProcessEndedError';
  readonly reason: 'stopped' | 'memory' | 'died';

  constructor(reason: ProcessEndedError['reason'], options?: ErrorOptions) {
    super({ stopped: 'was stopped', memory: 'ran out of memory', died: 'died' }[reason], options);
    this.reason = reason;
  }
}

/** The planner broke down over a question: a fault of Junction's own. The process can be asked on. */
export class PlannerError extends Error {
  override readonly name = 'PlannerError';
}

/** One that is at work would only end with that when this process does. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** How much of what it writes before it dies is kept, in characters. */
const lastWords = 4_000;

/**
 * A planning process as this one sees it. It's asked one thing after the other, and ends when it is told to or breaks down. A thread
 * would do the same with less memory; but V8 may end the whole process where a thread's memory ends, and while the memory of
 * a thread is given back, all others of its process wait for theirs.
 */
export class PlannerProcess {
  readonly #child: ChildProcess;
  #asked: PromiseWithResolvers<unknown> | undefined;
  #end: ProcessEndedError | undefined;
  #said = '';
  readonly #exit: Promise<void>;
  /** Called once, when it ended without being told to. */
  onDeath: (reason: ProcessEndedError) => void = () => {};

  /** It begins to import what it needs at once. */
  constructor({ memoryMb, entry = new URL('planner-process.ts', import.meta.url) }: ProcessOptions) {
    this.#child = fork(fileURLToPath(entry), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Plans recurse as deep as operations nest.
      execArgv: [`--max-old-space-size=${memoryMb}`, '--stack-size=3900'],
      env: environment(),
    });
    running.add(this.#child);
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-lastWords);
    });
    this.#rest();
    this.#child.on('message', (reply: Reply) => this.#settle(reply));
    this.#exit = new Promise((resolve) => {
      let isOver = false;
      const onEnd = (cause?: Error) => {
        if (isOver) return;
        isOver = true;
        running.delete(this.#child);
        const ended = this.#end ?? this.#death(cause);
        this.#end = ended;
        this.#asked?.reject(ended);
        this.#asked = undefined;
        if (ended.reason !== 'stopped') this.onDeath(ended);
        resolve();
      };
      // It may not even start: then there is no exit.
      this.#child.on('error', onEnd);
      // Its output has been read by then.
      this.#child.once('close', () => onEnd());
    });
  }

  /**
   * Asks something. Errors: CompositionError for schemas that don't compose or load; OperationRefusedError for introspection that
   * can't be answered; PlannerError; ProcessEndedError. A second question before the first is answered is a mistake.
   */
  async ask<Q extends Question>(question: Q): Promise<Answers[Q['kind']]> {
    if (this.#end) throw this.#end;
    if (this.#asked) throw new Error('expected one question at a time');
    // Where it can't be sent, the process is about to end; where it did not start for want of files, it can't even be told. What can't
    // be written down throws, and then nothing was asked.
    this.#child.send?.(question, () => {});
    const asked = Promise.withResolvers<unknown>();
    this.#asked = asked;
    this.#hold();
    return asked.promise as Promise<Answers[Q['kind']]>;
  }

  /** Ends it, whatever it is doing. */
  async end(): Promise<void> {
    this.#end ??= new ProcessEndedError('stopped');
    this.#child.kill('SIGKILL');
    this.#hold();
    await this.#exit;
  }

  #settle(reply: Reply): void {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#rest();
    if ('answer' in reply) asked?.resolve(reply.answer);
    else if ('faults' in reply) asked?.reject(new CompositionError(reply.faults));
    else if ('refused' in reply) asked?.reject(new OperationRefusedError(reply.refused));
    else asked?.reject(new PlannerError(reply.failure));
  }

  /** A process that is asked nothing doesn't keep this one from ending. */
  #rest(): void {
    this.#child.unref();
    this.#child.channel?.unref();
    (this.#child.stderr as Socket | null | undefined)?.unref();
  }

  /** Whoever waits for an answer, or for its end, gets it. */
  #hold(): void {
    this.#child.ref();
    this.#child.channel?.ref();
    // Its end is only told once this is closed.
    (this.#child.stderr as Socket | null | undefined)?.ref();
  }

  #death(cause?: Error): ProcessEndedError {
    // What V8 says before it aborts.
    if (/JavaScript heap out of memory/.test(this.#said)) return new ProcessEndedError('memory');
    const { exitCode, signalCode } = this.#child;
    const detail = this.#said.trim() || `it ended with ${signalCode ?? exitCode}`;
    return new ProcessEndedError('died', { cause: cause ?? new Error(detail) });
  }
}

/** It has no use for secrets, and gets none. */
function environment(): NodeJS.ProcessEnv {
  const compiled = getCompileCacheDir();
  // The folder that Node gives is its own one inside the one that it was given.
  return {
    APOLLO_TELEMETRY_DISABLED: 'true',
    ...(compiled !== undefined && { NODE_COMPILE_CACHE: dirname(compiled) }),
  };
}
