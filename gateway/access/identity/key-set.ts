import { createLocalJWKSet, type JWK, type LocalJWKSet } from 'jose';
import type { Logger } from 'pino';
import { askProvider, ProviderError, unavailable } from './provider-answer.ts';

/** An issuer's keys: the same object as long as they are the same keys. */
export interface Keys {
  readonly find: LocalJWKSet;
  /** Equal where the keys are, whatever their order. */
  readonly text: string;
}

/** How an issuer's keys are kept. */
export interface KeySetOptions {
  readonly issuer: string;
  /** Where the keys are. Rejects with ProviderError. */
  readonly locate: () => Promise<string>;
  /** How often they are asked for. */
  readonly refreshMs: number;
  /** How long the last ones count from when they can't be asked for. */
  readonly keepMs: number;
  readonly log: Logger;
  readonly now: () => number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

type State =
  | { readonly phase: 'none' }
  | { readonly phase: 'current'; readonly keys: Keys }
  /** They could not be asked for since then. */
  | { readonly phase: 'kept'; readonly keys: Keys; readonly since: number };

/** A token that names an unknown key lets the keys be asked for at most so often: whoever makes such tokens up burdens nobody. */
const renewPauseMs = 30_000;
/** While they can't be asked for, after 1, 2, 4, … seconds, at most after so long. */
const longestRetryMs = 30_000;
/** More than this is more than a timer can wait. */
const longestRefreshMs = 86_400_000;

/**
 * Keeps an issuer's keys: asked for in the background, so that requests don't wait for the provider, and kept for a time while it
 * is down. (jose's own remote set refuses everybody once its provider is down for longer than its cache lasts.)
 */
export class KeySet {
  readonly #options: KeySetOptions;
  #state: State = { phase: 'none' };
  #url: string | undefined;
  #asking: Promise<void> | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Asks for the keys at once. */
  constructor(options: KeySetOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
    void this.#ask(true);
  }

  /** The keys that count now; undefined where there are none, or none any more. */
  get current(): Keys | undefined {
    const state = this.#state;
    if (state.phase === 'none') return undefined;
    if (state.phase === 'kept' && this.#options.now() - state.since >= this.#options.keepMs) return undefined;
    return state.keys;
  }

  /** Whether the keys could not be asked for the last time. */
  get failing(): boolean {
    return this.#failures > 0;
  }

  /** The keys that count, once they have been asked for. Rejects with CredentialError `unavailable`. */
  async ready(): Promise<Keys> {
    if (!this.current) await this.#asking;
    const keys = this.current;
    if (!keys) throw unavailable();
    return keys;
  }

  /** The keys that count, asked for once more unless that was done a moment ago. Rejects with CredentialError `unavailable`. */
  async renewed(): Promise<Keys> {
    const now = this.#options.now();
    if (this.#asking) await this.#asking;
    // A clock that was set back must not stop it for longer.
    else if (Math.abs(now - this.#renewedAt) >= renewPauseMs) {
      this.#renewedAt = now;
      await this.#ask(false);
    }
    return this.ready();
  }

  #ask(locate: boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.#asking ??= this.#fetch(locate).finally(() => {
      this.#asking = undefined;
      if (this.#options.signal.aborted) return;
      this.#timer = setTimeout(() => void this.#ask(true), this.#pauseMs()).unref();
    });
    return this.#asking;
  }

  /** Never rejects. */
  async #fetch(locate: boolean): Promise<void> {
    const { issuer, log, now, signal } = this.#options;
    try {
      if (locate || this.#url === undefined) this.#url = await this.#options.locate();
      const { keys } = await askProvider({ url: this.#url }, signal);
      this.#state = { phase: 'current', keys: this.#keysOf(keys) };
      if (this.#failures > 0) log.info({ issuer }, 'the keys of an issuer can be asked for again');
      this.#failures = 0;
    } catch (err) {
      if (signal.aborted) return;
      if (this.#state.phase === 'current') this.#state = { phase: 'kept', keys: this.#state.keys, since: now() };
      if (this.#failures === 0) log.warn({ issuer, err }, "the keys of an issuer can't be asked for");
      this.#failures += 1;
    }
  }

  #keysOf(keys: unknown): Keys {
    if (!Array.isArray(keys)) throw new ProviderError('expected its keys to be { "keys": [] }');
    const text = keys
      .map((key) => JSON.stringify(key))
      .sort()
      .join('\n');
    if (this.#state.phase !== 'none' && this.#state.keys.text === text) return this.#state.keys;
    try {
      return { find: createLocalJWKSet({ keys: keys as JWK[] }), text };
    } catch {
      throw new ProviderError('expected its keys to be a JSON Web Key Set (RFC 7517, section 5)');
    }
  }

  #pauseMs(): number {
    const { refreshMs } = this.#options;
    if (this.#failures === 0) return Math.min(refreshMs, longestRefreshMs);
    return Math.min(refreshMs, longestRetryMs, 1_000 * 2 ** (this.#failures - 1));
  }
}
