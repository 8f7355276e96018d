import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Rate, RateLimit, Taken } from './rate.ts';

/** The part of a Redis that replicas share their counts by: `subgraphs/kit/redis.ts` has it. */
export interface Sender {
  /** Rejects within a deadline. */
  send(args: readonly string[]): Promise<unknown>;
}

/** What a shared rate is made of. */
export interface SharedRateOptions {
  /** This replica's own count. */
  readonly rate: Rate;
  readonly redis: Sender;
  /** Tells rates apart in Redis and in the log: `rate`. */
  readonly name: string;
  readonly log: Logger;
  /** How long after a request the others are told of it, in milliseconds. @default 200 */
  readonly periodMs?: number;
}

/** Ids in one command: Redis does nothing else meanwhile, about 1 ms. */
const mostAtOnce = 500;

/** Ids in one period. Those above aren't told to the others. */
const mostPending = 50_000;

/**
 * Each replica decides by its own count, at once. What it let pass since the last time goes to Redis in the background, which adds up
 * what all have let pass and says how far each bucket is from full; here a bucket is then at least that far from full.
 *
 * What is let pass too much: a replica learns of the others' requests late, by a period and a round trip (`delay`). So r replicas let
 * at most `rate × t + r × (burst + rate × delay)` pass in any time t, instead of `rate × t + burst`. Redis counts what was too much,
 * and the replicas refuse until it is paid back: on average the rate holds.
 *
 * Without Redis each replica counts alone, and r of them let r times the limit pass: a gateway that refuses everybody, or waits, would
 * be the greater harm.
 */
export class SharedRate implements RateLimit {
  readonly #rate: Rate;
  readonly #redis: Sender;
  readonly #prefix: string;
  readonly #name: string;
  readonly #log: Logger;
  readonly #periodMs: number;
  /** How many requests of each id passed here that Redis doesn't know of. */
  #pending = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;
  #alone = false;
  #closed = false;

  constructor({ rate, redis, name, log, periodMs = 200 }: SharedRateOptions) {
    this.#rate = rate;
    this.#redis = redis;
    this.#name = name;
    // In braces: a cluster keeps all of them in one place, and one command may name many.
    this.#prefix = `junction:{${name}}:`;
    this.#log = log;
    this.#periodMs = periodMs;
  }

  take(id: string): Taken {
    const taken = this.#rate.take(id);
    if (taken.allowed) this.#count(id, 1);
    return taken;
  }

  giveBack(id: string): void {
    this.#rate.giveBack(id);
    this.#count(id, -1);
  }

  /** Tells Redis now. Never rejects. */
  sync(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined;
      if (this.#pending.size > 0) this.#later();
    });
    return this.#syncing;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #count(id: string, requests: number): void {
    const before = this.#pending.get(id);
    if (before === undefined && this.#pending.size >= mostPending) return;
    this.#pending.set(id, (before ?? 0) + requests);
    if (this.#timer === undefined) this.#later();
  }

  #later(): void {
    if (this.#closed || this.#syncing) return;
    this.#timer ??= setTimeout(() => void this.sync(), this.#periodMs).unref();
  }

  async #sync(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const told = [...this.#pending].filter(([, requests]) => requests !== 0);
    this.#pending = new Map();
    try {
      for (let i = 0; i < told.length; i += mostAtOnce) await this.#tell(told.slice(i, i + mostAtOnce));
      if (told.length > 0 && this.#alone)
        this.#log.info({ limit: this.#name }, 'replicas count requests together again');
      if (told.length > 0) this.#alone = false;
    } catch (err) {
      // What couldn't be told is forgotten: it is of the past when Redis is back.
      if (!this.#alone) this.#log.warn({ limit: this.#name, err }, 'each replica counts requests alone');
      this.#alone = true;
    }
  }

  async #tell(told: readonly (readonly [string, number])[]): Promise<void> {
    const interval = this.#rate.intervalMs;
    const asked = this.#rate.now();
    // Hashed: ids are as long as an issuer likes and may be names of people.
    const keys = told.map(([id]) => this.#prefix + hash('sha256', id, 'base64url'));
    const counts = told.map(([, requests]) => String(requests));
    const owed = await this.#redis.send(['EVAL', script, String(keys.length), ...keys, String(interval), ...counts]);
    if (!Array.isArray(owed)) throw new TypeError('expected a list from Redis');
    told.forEach(([id], i) => {
      const since = (this.#pending.get(id) ?? 0) * interval;
      this.#rate.atLeast(id, asked + Number(owed[i]) + since);
    });
  }
}

/**
 * Adds requests to buckets, by the same rule as `Rate`. KEYS: the buckets. ARGV: the interval in milliseconds, then the requests of
 * each. Returns for each in how many milliseconds it is full. By Redis' clock: the replicas' may differ.
 */
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local owed = {}
for i, key in ipairs(KEYS) do
  local full = math.max(tonumber(redis.call('GET', key) or now), now) + ARGV[i + 1] * ARGV[1]
  if full > now then
    redis.call('SET', key, string.format('%.3f', full), 'PX', math.ceil(full - now))
  else
    redis.call('DEL', key)
  end
  owed[i] = string.format('%.3f', full - now)
end
return owed
`;
