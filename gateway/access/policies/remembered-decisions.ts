import type { Caller } from '../caller.ts';

/** What remembering needs. */
export interface RememberedOptions {
  /** Those of the names that hold; undefined where nobody can say. Never rejects. */
  readonly ask: (caller: Caller, names: readonly string[]) => Promise<ReadonlySet<string> | undefined>;
  /** How long an answer counts, in milliseconds from when it was asked for. */
  readonly rememberMs: number;
  readonly now: () => number;
}

/** One name, of one caller: on its way, or answered. */
type Decision =
  | { readonly phase: 'asked'; readonly answer: Promise<ReadonlySet<string> | undefined> }
  | { readonly phase: 'known'; readonly holds: boolean; readonly until: number };

/** How long a refusal counts that comes from no answer: a service that is down isn't asked for each request, nor missed for long. */
const failureMs = 1_000;

/**
 * Asks about a name only where no answer is there or on its way. By name, not by the names of one question: operations name policies in
 * ever new combinations, whereas the schema has only so many names. What is known of a caller goes with the caller.
 */
export class RememberedDecisions {
  readonly #options: RememberedOptions;
  readonly #known = new WeakMap<Caller, Map<string, Decision>>();

  constructor(options: RememberedOptions) {
    this.#options = options;
  }

  /** Adds those of the names that hold to `holding`. */
  decide(
    caller: Caller,
    names: readonly string[],
    holding: Set<string>,
  ): ReadonlySet<string> | Promise<ReadonlySet<string>> {
    let known = this.#known.get(caller);
    if (!known) {
      known = new Map();
      this.#known.set(caller, known);
    }
    const now = this.#options.now();
    const unknown: string[] = [];
    const waits = new Set<Promise<ReadonlySet<string> | undefined>>();
    for (const name of names) {
      const decision = known.get(name);
      if (decision?.phase === 'asked') waits.add(decision.answer);
      else if (!decision || decision.until <= now) unknown.push(name);
      else if (decision.holds) holding.add(name);
    }
    if (unknown.length > 0) waits.add(this.#ask(caller, unknown, known));
    return waits.size === 0 ? holding : withAnswers(holding, names, waits);
  }

  #ask(
    caller: Caller,
    names: readonly string[],
    known: Map<string, Decision>,
  ): Promise<ReadonlySet<string> | undefined> {
    const { ask, rememberMs, now } = this.#options;
    const askedAt = now();
    const answer = ask(caller, names).then((held) => {
      const until = held ? askedAt + rememberMs : now() + Math.min(failureMs, rememberMs);
      for (const name of names) known.set(name, { phase: 'known', holds: held?.has(name) ?? false, until });
      return held;
    });
    for (const name of names) known.set(name, { phase: 'asked', answer });
    return answer;
  }
}

async function withAnswers(
  holding: Set<string>,
  names: readonly string[],
  waits: ReadonlySet<Promise<ReadonlySet<string> | undefined>>,
): Promise<ReadonlySet<string>> {
  const answers = await Promise.all(waits);
  for (const name of names) if (answers.some((held) => held?.has(name))) holding.add(name);
  return holding;
}
