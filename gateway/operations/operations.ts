import type { Logger } from 'pino';
import { compile } from '../execution/compile.ts';
import type { Planning, Reading } from './planner.ts';
import type { Prepared } from './prepared.ts';
import { type KeptProgram, keptProgram, keyOf, PreparedCache, type UsedText } from './prepared-cache.ts';
import { type PlannerProcess, ProcessEndedError } from './process.ts';
import { BusyError, PlannerProcesses, PlanningBudgetError, type PlanningLimits } from './processes.ts';
import type { Program } from './program.ts';
import { busy, OperationRefusedError, type Refusal } from './refusal.ts';

/** What preparing operations for one supergraph needs. */
export interface OperationsOptions {
  /** A planning process that has loaded the supergraph. It is ended with the rest. */
  readonly planner: PlannerProcess;
  /** Makes another one like it, unless that is given up. */
  readonly another: (signal: AbortSignal) => Promise<PlannerProcess>;
  readonly limits: PlanningLimits;
  /** How much may be kept. */
  readonly cacheBytes: number;
  readonly log: Logger;
}

/**
 * After this many milliseconds an operation that took too much may try again: what it may take is time on the clock, and the machine
 * may have been busy. One that always takes too much costs a process each time.
 */
const retryMs = 60_000;

type Settled = Exclude<Prepared, { kind: 'busy' }>;
type Prepare =
  | Extract<Planning, { kind: 'refused' }>
  | { readonly kind: 'known'; readonly program: KeptProgram; readonly literals: Literals }
  | (Extract<Planning, { kind: 'planned' }> & { readonly literals: Literals });
type Literals = Extract<Reading, { kind: 'read' }>['literals'];

/**
 * Prepares the operations of one supergraph: texts that were seen before at once, others in a planning process. What was refused is
 * remembered like what was not.
 */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #planners: PlannerProcesses;
  readonly #cache: PreparedCache;
  readonly #preparing = new Map<string, Promise<Prepared>>();

  constructor(options: OperationsOptions) {
    const { planner: first, another, limits, cacheBytes, log } = options;
    this.#options = options;
    this.#planners = new PlannerProcesses({ first, another, limits, log });
    this.#cache = new PreparedCache(cacheBytes);
  }

  /** What becomes of a text, at once where it was seen before. Rejects only when Junction itself is at fault. */
  prepare(query: string, operationName: string | undefined): Prepared | Promise<Prepared> {
    const key = keyOf(query, operationName);
    return this.#cache.get(key) ?? this.#preparing.get(key) ?? this.#begin(key, { query, operationName, hits: 0 });
  }

  /**
   * Answers an introspection operation of a program: the value of its one field as JSON. Rejects with an OperationRefusedError when
   * that takes too long or too much else waits.
   */
  async introspect(query: string, variables: Readonly<Record<string, unknown>>): Promise<string> {
    const key = `introspection ${query}`;
    const known = this.#cache.refusal(key);
    if (known) throw new OperationRefusedError(known.errors);
    try {
      return await this.#planners.run((planner) => planner.ask({ kind: 'introspect', query, variables }), query.length);
    } catch (cause) {
      if (cause instanceof BusyError) throw new OperationRefusedError([busy], { cause });
      if (!(cause instanceof PlanningBudgetError)) throw cause;
      // It costs a process each time; so other variables have to wait with these.
      const { errors } = this.#cache.refuse(key, [this.#tooComplex(cause)], retryMs);
      throw new OperationRefusedError(errors, { cause });
    }
  }

  /** What is kept, in bytes: an estimate, which stays below what was given. */
  get cachedBytes(): number {
    return this.#cache.bytes;
  }

  /** The texts that were used most. */
  mostUsed(count: number): UsedText[] {
    return this.#cache.mostUsed(count);
  }

  /** Prepares texts one after the other until time is up or these are closed. They begin with half the uses that they had; what is refused is left out. */
  async warm(texts: readonly UsedText[], limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    const prepareAll = async () => {
      for (const text of texts) {
        if (performance.now() > deadline) return;
        const { query, operationName, hits } = text;
        try {
          await this.#begin(keyOf(query, operationName), { query, operationName, hits: hits >> 1 });
        } catch (err) {
          if (err instanceof ProcessEndedError && err.reason === 'stopped') return;
          this.#options.log.warn({ err }, 'an operation could not be prepared ahead; it is when it is asked for');
        }
      }
    };
    await Promise.race([prepareAll(), timeUp]);
    clearTimeout(timer);
  }

  /** Ends the planning processes. What is still being prepared is rejected. */
  close(): Promise<void> {
    return this.#planners.close();
  }

  #begin(key: string, text: UsedText): Promise<Prepared> {
    const preparing = this.#prepare(key, text).finally(() => this.#preparing.delete(key));
    this.#preparing.set(key, preparing);
    return preparing;
  }

  async #prepare(key: string, text: UsedText): Promise<Prepared> {
    let id: string | undefined;
    try {
      const prepare = await this.#planners.run(async (planner): Promise<Prepare> => {
        const reading = await planner.ask({ kind: 'read', ...text });
        if (reading.kind === 'refused') return reading;
        id = reading.id;
        const { literals } = reading;
        const program = this.#cache.program(id);
        if (program) return { kind: 'known', program, literals };
        const planning = this.#cache.refusal(id) ?? (await planner.ask({ kind: 'plan', ...text }));
        return planning.kind === 'refused' ? planning : { ...planning, literals };
      }, text.query.length);
      return this.#keep(key, prepare, text.hits);
    } catch (error) {
      if (error instanceof BusyError) return { kind: 'busy' };
      if (!(error instanceof PlanningBudgetError)) throw error;
      const errors = [this.#tooComplex(error)];
      if (id !== undefined) this.#cache.refuse(id, errors, retryMs);
      return this.#cache.refuse(key, errors, retryMs);
    }
  }

  #keep(key: string, prepare: Prepare, hits: number): Settled {
    if (prepare.kind === 'refused') {
      const { errors, fault } = prepare;
      if (fault !== undefined) this.#options.log.error({ fault }, 'the query planner failed of an operation');
      return this.#cache.refuse(key, errors);
    }
    if (prepare.kind === 'known') return this.#cache.keep(key, prepare.program, prepare.literals, hits);
    const { id, program, literals } = prepare;
    try {
      const operation = compile(JSON.parse(program) as Program);
      return this.#cache.keep(key, keptProgram(id, operation, program), literals, hits);
    } catch (error) {
      // A planning process has a larger stack than this one.
      if (!(error instanceof RangeError)) throw error;
      this.#cache.refuse(id, [tooDeep]);
      return this.#cache.refuse(key, [tooDeep]);
    }
  }

  #tooComplex({ budget }: PlanningBudgetError): Refusal {
    const { timeoutMs, memoryMb } = this.#options.limits;
    const limit = budget === 'time' ? `more than ${timeoutMs} ms` : `more than ${memoryMb} MB of memory`;
    return {
      message: `The operation is too complex: planning it takes ${limit}. Ask for less, or in several operations.`,
      extensions: { code: 'OPERATION_TOO_COMPLEX' },
    };
  }
}

const tooDeep: Refusal = {
  message: 'The operation is nested too deeply.',
  extensions: { code: 'OPERATION_TOO_COMPLEX' },
};
