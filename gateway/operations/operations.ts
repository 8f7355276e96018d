import type { Logger } from 'pino';
import { compile } from '../execution/compile.ts';
import type { CostExpression } from './cost/expression.ts';
import type { Planning, Reading } from './planner.ts';
import type { Prepared } from './prepared.ts';
import { type KeptProgram, keptProgram, keyOf, PreparedCache, type UsedText } from './prepared-cache.ts';
import { type PlannerProcess, ProcessEndedError } from './process.ts';
import { BusyError, PlannerProcesses, PlanningBudgetError, type PlanningLimits } from './processes.ts';
import type { Program } from './program.ts';
import { busy, OperationRefusedError, type Refusal, tooDeep } from './refusal.ts';
import type { Denied, Rule } from './rule.ts';

/** What preparing operations for one supergraph needs. */
export interface OperationsOptions {
  /** A planning process that has loaded the supergraph. It is ended with the rest. */
  readonly planner: PlannerProcess;
  /** The rules of the supergraph. */
  readonly rules: readonly Rule[];
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
type Read = Extract<Reading, { kind: 'read' }>;
type Prepare =
  | Extract<Planning, { kind: 'refused' }>
  | Read
  | { readonly kind: 'known'; readonly program: KeptProgram; readonly literals: Read['literals'] }
  | (Extract<Planning, { kind: 'planned' }> & { readonly literals: Read['literals'] });

/** What prepared operations take, and what waits to be prepared. */
export interface OperationsUsage {
  /** How many texts are kept. */
  readonly entries: number;
  /** What they take, in bytes: an estimate. */
  readonly bytes: number;
  /** How many pieces of work wait for a planning process. */
  readonly waiting: number;
  /** How many planning processes there are. */
  readonly processes: number;
}

/** Why an operation of this cost is refused; `literals` are those of its text. Undefined where it isn't. */
export type Afford = (cost: CostExpression, literals: Read['literals']) => readonly Refusal[] | undefined;

/** Who asks for an operation, and what they can't afford. */
interface Asking {
  readonly afford: Afford;
  readonly who?: string | undefined;
}

const nobody: Asking = { afford: () => undefined };

/**
 * Prepares the operations of one supergraph: texts that were seen before at once, others in a planning process. What was refused is
 * remembered like what was not.
 */
export class Operations {
  /** The rules of the supergraph. */
  readonly rules: readonly Rule[];
  readonly #options: OperationsOptions;
  readonly #planners: PlannerProcesses;
  readonly #cache: PreparedCache;
  readonly #preparing = new Map<string, Promise<Prepared | Read>>();

  constructor(options: OperationsOptions) {
    const { planner: first, another, limits, cacheBytes, log } = options;
    this.rules = options.rules;
    this.#options = options;
    this.#planners = new PlannerProcesses({ first, another, limits, log });
    this.#cache = new PreparedCache(cacheBytes);
  }

  /**
   * What becomes of a text, at once where it was seen before. `denied`: which rules fail for whoever asks. `afford`: what is said of a text
   * that was never seen before any work is put into it; one that was seen has its cost in the program. `who` asks, where that is known:
   * those whose texts were never seen take turns. Rejects only when Junction itself is at fault.
   */
  prepare(
    query: string,
    operationName: string | undefined,
    denied: Denied,
    afford: Afford = () => undefined,
    who?: string,
  ): Prepared | Promise<Prepared> {
    const key = keyOf(query, operationName, denied);
    return this.#cache.get(key) ?? this.#unseen(key, { query, operationName, denied, hits: 0 }, { afford, who });
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

  /** What all of it takes now. */
  get usage(): OperationsUsage {
    const { waiting, processes } = this.#planners;
    return { entries: this.#cache.entries, bytes: this.#cache.bytes, waiting, processes };
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
        const { query, operationName, denied, hits } = text;
        try {
          await this.#begin(keyOf(query, operationName, denied), { ...text, hits: hits >> 1 }, nobody);
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

  async #unseen(key: string, text: UsedText, asking: Asking): Promise<Prepared> {
    for (;;) {
      const known = this.#cache.reading(key);
      const reading = known ?? (await (this.#preparing.get(key) ?? this.#begin(key, text, asking)));
      if (reading.kind !== 'read') return reading;
      const errors = asking.afford(reading.cost, reading.literals);
      if (errors) return { kind: 'refused', errors };
      // It was too much with the variables of somebody else, who asked first.
      if (known) this.#cache.forgetReading(key);
    }
  }

  #begin(key: string, text: UsedText, asking: Asking): Promise<Prepared | Read> {
    const preparing = this.#prepare(key, text, asking).finally(() => this.#preparing.delete(key));
    this.#preparing.set(key, preparing);
    return preparing;
  }

  /** A text that costs too much is only read. */
  async #prepare(key: string, text: UsedText, { afford, who }: Asking): Promise<Prepared | Read> {
    let id: string | undefined;
    try {
      const prepare = await this.#planners.run(
        async (planner): Promise<Prepare> => {
          const reading = await planner.ask({ kind: 'read', ...text });
          if (reading.kind === 'refused') return reading;
          id = reading.id;
          const { literals } = reading;
          const program = this.#cache.program(id);
          if (program) return { kind: 'known', program, literals };
          if (afford(reading.cost, literals)) return reading;
          const planning = this.#cache.refusal(id) ?? (await planner.ask({ kind: 'plan', ...text }));
          return planning.kind === 'refused' ? planning : { ...planning, literals };
        },
        text.query.length,
        who,
      );
      return this.#keep(key, prepare, text.hits, who);
    } catch (error) {
      if (error instanceof BusyError) return { kind: 'busy' };
      if (!(error instanceof PlanningBudgetError)) throw error;
      const errors = [this.#tooComplex(error)];
      if (id !== undefined) this.#cache.refuse(id, errors, retryMs);
      return this.#cache.refuse(key, errors, retryMs);
    }
  }

  #keep(key: string, prepare: Prepare, hits: number, who: string | undefined): Settled | Read {
    if (prepare.kind === 'refused') {
      const { errors, fault } = prepare;
      if (fault !== undefined) this.#options.log.error({ fault }, 'the query planner failed of an operation');
      return this.#cache.refuse(key, errors);
    }
    if (prepare.kind === 'read') return this.#cache.keepReading(key, prepare);
    if (prepare.kind === 'known') return this.#cache.keep(key, prepare.program, prepare.literals, hits, who);
    const { id, program, literals } = prepare;
    try {
      const operation = compile(JSON.parse(program) as Program);
      return this.#cache.keep(key, keptProgram(id, operation, program), literals, hits, who);
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
