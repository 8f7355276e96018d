import type { Logger } from 'pino';
import { traceIdOf } from './ids.ts';
import type { RequestEnd, RequestRecord } from './record.ts';
import { planLines, shownName, tenths } from './told-plan.ts';

/** What is slow, and where it is said. */
export interface SlowOperationsOptions {
  /** A request that takes longer is logged, in milliseconds; 0 for none. */
  readonly thresholdMs: number;
  readonly log: Pick<Logger, 'warn'>;
}

/** How many lines one text may have in a period, and how long that is, in milliseconds. */
const mostLines = 10;
const periodMs = 60_000;

/** How many texts are told apart in a period; all others count as one. */
const mostTexts = 100;

/** How much of a text is logged, in characters. */
const longestText = 4_000;

/** A text's lines in a period that has begun with the first of them. */
interface Period {
  readonly name: string | undefined;
  readonly text: string | undefined;
  lines: number;
  leftOut: number;
}

/**
 * Logs requests that took long, with their plan and the times of their fetches, so that one can see what they waited for. No line has a
 * value of a client's: texts have variables in place of literals. An operation that is always slow takes ten lines a minute, and then
 * one that says how many there would have been.
 */
export class SlowOperations {
  readonly #thresholdMs: number;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #periods = new Map<string | undefined, Period>();

  constructor({ thresholdMs, log }: SlowOperationsOptions) {
    this.#thresholdMs = thresholdMs > 0 ? thresholdMs : Number.POSITIVE_INFINITY;
    this.#log = log;
  }

  /** Looks at a request that has just ended. */
  look(record: RequestRecord, end: RequestEnd): void {
    const ms = end.endedAt - record.startedAt;
    if (ms <= this.#thresholdMs) return;
    const period = this.#periodOf(record);
    if (period.lines >= mostLines) {
      period.leftOut += 1;
      return;
    }
    period.lines += 1;
    const { requestId, trace, operation, preparingMs } = record;
    const { status, code } = end;
    this.#log.warn(
      {
        requestId,
        traceId: traceIdOf(trace),
        ms: tenths(ms),
        status,
        code,
        operation: operation?.name === undefined ? undefined : shownName(operation.name),
        text: operation && shortened(operation.text),
        preparingMs: preparingMs === undefined ? undefined : tenths(preparingMs),
        plan: operation?.steps && planLines(operation.steps, record),
      },
      'a slow operation',
    );
  }

  #periodOf({ operation }: RequestRecord): Period {
    const text = operation?.text;
    const known = this.#periods.get(text);
    if (known) return known;
    if (this.#periods.size > mostTexts) return this.#periods.get(others) ?? this.#open(others, undefined, undefined);
    return this.#open(text, operation?.name, text);
  }

  #open(key: string | undefined, name: string | undefined, text: string | undefined): Period {
    const period: Period = { name, text, lines: 0, leftOut: 0 };
    this.#periods.set(key, period);
    setTimeout(() => {
      this.#periods.delete(key);
      if (period.leftOut > 0) this.#tell(period);
    }, periodMs).unref();
    return period;
  }

  #tell({ name, text, leftOut }: Period): void {
    const operation = name === undefined ? undefined : shownName(name);
    this.#log.warn({ operation, text: text && shortened(text), leftOut }, 'more slow operations were not logged');
  }
}

/** No operation has this text. */
const others = '';

function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
