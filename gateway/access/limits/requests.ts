import type { Logger } from 'pino';
import type { LimitSettings } from '../../config-file.ts';
import { type HttpAnswer, refusal } from '../../http/refusal.ts';
import type { Caller } from '../caller.ts';
import { Concurrency, type ConcurrencySettings } from './concurrency.ts';
import { type Clock, Rate, type RateLimit, type RateSettings } from './rate.ts';
import { type Sender, SharedRate } from './shared-rate.ts';

/** What callers may ask of one gateway: the limits that are about whole requests. */
type RequestLimitSettings = ConcurrencySettings & Pick<LimitSettings, 'rate' | 'anonymous_rate'>;

/** What else request limits are made of. */
export interface RequestLimitOptions {
  readonly log: Logger;
  /** By which replicas share their counts of requests. Without it each process counts alone. */
  readonly redis?: Sender;
  readonly clock?: Clock;
}

/**
 * How much each caller may ask, at once and over time, before anything is done for a request. Concurrency is counted by each process
 * alone: it protects that process. Refusals are made beforehand; a flood of refused requests costs next to nothing here.
 */
export class RequestLimits {
  readonly #known: RateLimit;
  readonly #anonymous: RateLimit;
  readonly #concurrency: Concurrency;
  readonly #tooOften: (seconds: number) => HttpAnswer;
  readonly #anonymousTooOften: (seconds: number) => HttpAnswer;
  readonly #tooManyAtOnce: Readonly<Record<keyof ConcurrencySettings, HttpAnswer>>;
  readonly #shared: SharedRate[] = [];

  constructor(settings: RequestLimitSettings, options: RequestLimitOptions) {
    const { rate, anonymous_rate, concurrency, caller_concurrency } = settings;
    this.#known = this.#rate(rate, 'rate', options);
    this.#anonymous = this.#rate(anonymous_rate, 'anonymous_rate', options);
    this.#tooOften = tooOften('rate', 'one caller', rate);
    this.#anonymousTooOften = tooOften('anonymous_rate', 'one address without a valid credential', anonymous_rate);
    this.#concurrency = new Concurrency(settings);
    this.#tooManyAtOnce = {
      concurrency: refusal(503, ['retry-after', '1'], {
        code: 'SERVICE_BUSY',
        message: `${concurrency} requests are worked on; at most ${concurrency} are allowed at once (limits.concurrency).`,
        limit: 'concurrency',
        maximum: concurrency,
      }),
      caller_concurrency: refusal(429, ['retry-after', '1'], {
        code: 'RATE_LIMITED',
        message: `${caller_concurrency} requests of this caller are worked on; at most ${caller_concurrency} are allowed at once (limits.caller_concurrency).`,
        limit: 'caller_concurrency',
        maximum: caller_concurrency,
      }),
    };
  }

  /** Counts a request. Undefined where it may go on. Where nobody says who they are, there is nobody to count for. */
  take(caller: Caller): HttpAnswer | undefined {
    if (caller.kind === 'anyone') return undefined;
    const anonymous = caller.kind === 'anonymous';
    const taken = (anonymous ? this.#anonymous : this.#known).take(caller.id);
    if (taken.allowed) return undefined;
    return (anonymous ? this.#anonymousTooOften : this.#tooOften)(taken.retryAfterS);
  }

  /**
   * Forgets a request that was counted. A credential that was never seen counts for its address first, since verifying it is what a
   * flood would be after; when it is good, the request is its caller's.
   */
  giveBack(caller: Caller): void {
    (caller.kind === 'anonymous' ? this.#anonymous : this.#known).giveBack(caller.id);
  }

  /** What to call when the request is over (calling it again does nothing), or why it may not begin. */
  enter(caller: Caller): (() => void) | HttpAnswer {
    const entered = this.#concurrency.enter(caller.kind === 'anyone' ? undefined : caller.id);
    return typeof entered === 'string' ? this.#tooManyAtOnce[entered] : entered;
  }

  /** Tells Redis nothing more. */
  close(): void {
    for (const rate of this.#shared) rate.close();
  }

  #rate(settings: RateSettings, name: string, { redis, log, clock }: RequestLimitOptions): RateLimit {
    const rate = new Rate(settings, clock);
    if (!redis) return rate;
    const shared = new SharedRate({ rate, redis, name, log });
    this.#shared.push(shared);
    return shared;
  }
}

/** Who is told to wait longer asks again, and is told again. */
const longestWaitS = 600;

function tooOften(limit: string, who: string, { per_second, burst }: RateSettings): (seconds: number) => HttpAnswer {
  const message = `More than ${per_second} requests a second came from ${who}; at most ${per_second} are allowed, and ${burst} at once after a rest (limits.${limit}).`;
  const error = { code: 'RATE_LIMITED', message, limit: `${limit}.per_second`, maximum: per_second };
  const answers: HttpAnswer[] = [];
  return (seconds) => {
    const wait = Math.min(seconds, longestWaitS);
    answers[wait] ??= refusal(429, ['retry-after', String(wait)], error);
    return answers[wait];
  };
}
