import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { faultsOf } from '../faults.ts';

/** Whether what runs is what files and subgraphs say, as `/health/ready` shows it. */
export type SupergraphStatus =
  /** Since when it has been so. */
  | { readonly status: 'current'; readonly since: string }
  /** A change can't be taken, for these reasons; what ran before goes on. They name files, lines and subgraphs, no secrets. */
  | { readonly status: 'outdated'; readonly since: string; readonly faults: readonly string[] };

type State =
  | { readonly phase: 'current'; readonly since: Date }
  | { readonly phase: 'outdated'; readonly since: Date; readonly faults: readonly string[] };

/** Remembers how the last change went, and says so in the log whenever that is news. */
export class StatusKeeper {
  readonly #log: Logger;
  #state: State = { phase: 'current', since: new Date() };

  constructor(log: Logger) {
    this.#log = log;
  }

  get phase(): State['phase'] {
    return this.#state.phase;
  }

  get status(): SupergraphStatus {
    const since = this.#state.since.toISOString();
    if (this.#state.phase === 'current') return { status: 'current', since };
    return { status: 'outdated', since, faults: this.#state.faults };
  }

  /** What the files say is in use; `changed` when it wasn't before. */
  current(changed: boolean): void {
    const mended = this.#state.phase === 'outdated';
    if (mended) this.#log.info('the supergraph is up to date again');
    if (mended || changed) this.#state = { phase: 'current', since: new Date() };
  }

  /** What the files say can't be taken into use. */
  outdated(error: unknown): void {
    const known = faultsOf(error);
    const faults = known ?? ['An error of Junction itself, which its log describes.'];
    const { phase, since } = this.#state;
    if (phase === 'outdated' && isDeepStrictEqual(faults, this.#state.faults)) return;
    this.#log.error(
      known ? { faults } : { err: error },
      'the supergraph cannot be changed to what its files say; the last one stays in use',
    );
    this.#state = { phase: 'outdated', since: phase === 'outdated' ? since : new Date(), faults };
  }
}
