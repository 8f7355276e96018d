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
  /** `told` is what the log has: an error of Junction itself has no other words here than the next one. */
  | { readonly phase: 'outdated'; readonly since: Date; readonly faults: readonly string[]; readonly told: string };

/** How many faults are told; a table that was renamed brings one for each of its columns. */
const mostFaults = 20;

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
    const told = known?.join('\n') ?? String(error);
    if (this.#state.phase === 'outdated' && told === this.#state.told) return;
    const faults = known
      ? [...shortened(known), ...hintsFor(known)]
      : ['An error of Junction itself, which its log describes.'];
    this.#log.error(
      known ? { faults } : { err: error },
      'the supergraph cannot be changed to what its files say; the last one stays in use',
    );
    this.#state = {
      phase: 'outdated',
      since: this.#state.phase === 'outdated' ? this.#state.since : new Date(),
      faults,
      told,
    };
  }
}

/** All else is taken up by a running gateway, but its environment is that of its start. */
function hintsFor(faults: readonly string[]): readonly string[] {
  return faults.some((fault) => fault.includes(': not set. ')) ? [newVariables] : [];
}

const newVariables = 'A running gateway sees a new variable only after a restart.';

function shortened(faults: readonly string[]): readonly string[] {
  if (faults.length <= mostFaults) return faults;
  return [...faults.slice(0, mostFaults), `and ${faults.length - mostFaults} more.`];
}
