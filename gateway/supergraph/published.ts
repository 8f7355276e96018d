import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Signer } from '../../subgraphs/kit/trust/signer.ts';
import { publishedSchema } from './schema.ts';

/** What is known of a schema that a subgraph publishes. */
type State =
  | { readonly phase: 'asking' }
  | { readonly phase: 'known'; readonly sdl: string }
  /** Never answered so far. */
  | { readonly phase: 'unknown'; readonly cause: Error };

interface Watched {
  state: State;
  readonly stop: AbortController;
}

/** How often to ask. */
export interface PublishedOptions {
  /** Between two questions to the same subgraph, in milliseconds. */
  readonly intervalMs: number;
  /** A schema that differs is asked for once more after this many milliseconds, and counts when it is the same again. */
  readonly settleMs: number;
  /** What signs the question to a URL. */
  readonly signerOf: (url: string) => Signer | undefined;
  readonly log: Logger;
}

/**
 * The schemas that subgraphs publish, each asked for by itself: one that hangs holds up no other. A subgraph that is down keeps
 * the schema that it had.
 */
export class PublishedSchemas {
  readonly #watched = new Map<string, Watched>();
  readonly #options: PublishedOptions;

  constructor(options: PublishedOptions) {
    this.#options = options;
  }

  /** From now on watches these URLs and no others. `known` are schemas that were read before. */
  watch(urls: Iterable<string>, known: ReadonlyMap<string, string> = new Map()): void {
    const wanted = new Set(urls);
    for (const [url, { stop }] of this.#watched) {
      if (wanted.has(url)) continue;
      stop.abort();
      this.#watched.delete(url);
    }
    for (const url of wanted) {
      if (this.#watched.has(url)) continue;
      const sdl = known.get(url);
      const state: State = sdl === undefined ? { phase: 'asking' } : { phase: 'known', sdl };
      const watched = { state, stop: new AbortController() };
      this.#watched.set(url, watched);
      void this.#ask(url, watched);
    }
  }

  /** Whether each one has answered, or failed to, at least once. */
  settled(): boolean {
    return [...this.#watched.values()].every(({ state }) => state.phase !== 'asking');
  }

  /** The last schema of a URL that is watched. Rejects with the reason where there never was one. */
  async read(url: string): Promise<string> {
    const state = this.#watched.get(url)?.state;
    if (state?.phase === 'known') return state.sdl;
    throw state?.phase === 'unknown' ? state.cause : new Error('it was not asked for yet');
  }

  /** Differs whenever a schema does. */
  stamp(): string {
    return [...this.#watched]
      .map(([url, { state }]) => `${url} ${state.phase === 'known' ? state.sdl : ''}`)
      .join('\n');
  }

  close(): void {
    this.watch([]);
  }

  async #ask(url: string, watched: Watched): Promise<void> {
    const { intervalMs, settleMs, signerOf, log } = this.#options;
    const { signal } = watched.stop;
    /** While replicas of two versions answer by turns, none of them counts. */
    let candidate: string | undefined;
    let failing = false;
    const wait = (ms: number) => delay(ms, undefined, { signal, ref: false }).catch(() => {});
    // One that was read a moment ago needn't be asked at once.
    if (watched.state.phase === 'known') await wait(intervalMs);
    while (!signal.aborted) {
      const before = candidate;
      candidate = undefined;
      try {
        const sdl = await publishedSchema(url, signerOf(url), signal);
        if (watched.state.phase !== 'known' || sdl === before) watched.state = { phase: 'known', sdl };
        else if (sdl !== watched.state.sdl) candidate = sdl;
        failing = false;
      } catch (cause) {
        if (signal.aborted) return;
        if (watched.state.phase !== 'known') watched.state = { phase: 'unknown', cause: cause as Error };
        // One that never answered is told as a fault. The URL may hold a password; its origin doesn't.
        if (!failing && watched.state.phase === 'known')
          log.warn({ origin: new URL(url).origin, err: cause }, 'a published schema could not be asked for');
        failing = true;
      }
      await wait(candidate === undefined ? intervalMs : settleMs);
    }
  }
}
