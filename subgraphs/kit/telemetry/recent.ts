/** What happened in one minute. */
export interface RecentMinute {
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  readonly calls: number;
  /** How many ended with each code. */
  readonly errors: Readonly<Record<string, number>>;
  /** The longest, in milliseconds; 0 where there were none. */
  readonly slowestMs: number;
}

/** One that failed. */
export interface RecentError {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly code: string;
  readonly requestId: string;
}

/** The last hour. */
export interface RecentHour {
  /** Sixty, the oldest first; the last is the minute that is under way. */
  readonly minutes: readonly RecentMinute[];
  /** The last twenty within the hour, the latest first. */
  readonly errors: readonly RecentError[];
}

const minuteMs = 60_000;
const minutesKept = 60;
const errorsKept = 20;

interface Minute {
  /** Minutes since 1970. */
  number: number;
  calls: number;
  slowestMs: number;
  errors: Map<string, number>;
}

/** The last hour of something that is called: how often, how it failed, how slow it was. In memory, of a fixed size. */
export class Recent {
  readonly #now: () => number;
  readonly #minutes: Minute[] = [];
  readonly #errors: RecentError[] = [];

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** One ended, well or with a code out of a fixed few. `at`: when, for whoever adds several that end together. */
  add(ms: number, code: string | undefined, requestId: string, at = this.#now()): void {
    const minute = this.#minuteOf(Math.floor(at / minuteMs));
    minute.calls++;
    if (ms > minute.slowestMs) minute.slowestMs = ms;
    if (code === undefined) return;
    minute.errors.set(code, (minute.errors.get(code) ?? 0) + 1);
    this.#errors.unshift({ at, code, requestId });
    if (this.#errors.length > errorsKept) this.#errors.pop();
  }

  hour(): RecentHour {
    const at = this.#now();
    const last = Math.floor(at / minuteMs);
    const minutes = Array.from({ length: minutesKept }, (_, i) => {
      const number = last - minutesKept + 1 + i;
      const kept = this.#minutes[number % minutesKept];
      const { calls = 0, slowestMs = 0, errors = [] } = kept?.number === number ? kept : {};
      return { at: number * minuteMs, calls, errors: Object.fromEntries(errors), slowestMs };
    });
    const begin = (last - minutesKept + 1) * minuteMs;
    return { minutes, errors: this.#errors.filter((error) => error.at >= begin) };
  }

  #minuteOf(number: number): Minute {
    const place = number % minutesKept;
    let minute = this.#minutes[place];
    if (!minute || minute.number !== number) {
      minute = { number, calls: 0, slowestMs: 0, errors: new Map() };
      this.#minutes[place] = minute;
    }
    return minute;
  }
}
