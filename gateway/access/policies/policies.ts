import type { Logger } from 'pino';
import type { AuthorizationSettings } from '../../config-file.ts';
import type { Caller } from '../caller.ts';
import { DecisionService } from './decision-service.ts';
import { compilePredicate, type Holds } from './predicate.ts';
import { RememberedDecisions } from './remembered-decisions.ts';

/** What deciding needs. */
export interface PoliciesOptions {
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** A clock in milliseconds that never goes back. @default performance.now */
  readonly now?: () => number;
}

/**
 * Decides what the names in `@policy` mean for a caller (Apollo Federation specification, v2.6, "@policy"). Those that
 * `gateway.yaml` defines are decided here by the caller's claims and scopes; all others by its decision service; where there is
 * none, nobody has them.
 */
export class Policies {
  readonly #predicates: ReadonlyMap<string, Holds>;
  readonly #log: PoliciesOptions['log'];
  readonly #service: DecisionService | undefined;
  readonly #remembered: RememberedDecisions | undefined;
  readonly #undecided = new Set<string>();

  constructor(settings: AuthorizationSettings, { log, now = () => performance.now() }: PoliciesOptions) {
    const { policies, policy_service } = settings;
    this.#predicates = new Map(Object.entries(policies).map(([name, each]) => [name, compilePredicate(each)]));
    this.#log = log;
    if (!policy_service) return;
    const service = new DecisionService(policy_service, log);
    this.#service = service;
    this.#remembered = new RememberedDecisions({
      ask: (caller, names) => service.ask(caller, names),
      rememberMs: policy_service.remember_s * 1000,
      now,
    });
  }

  /**
   * Those of the names that hold for a caller: at once, unless the decision service has to be asked. Never rejects: where nobody
   * can say, none holds. For whoever asks where nobody has to say who they are, all do.
   */
  decide(caller: Caller, names: readonly string[]): ReadonlySet<string> | Promise<ReadonlySet<string>> {
    if (caller.kind === 'anyone') return new Set(names);
    const holding = new Set<string>();
    const others: string[] = [];
    for (const name of names) {
      const holds = this.#predicates.get(name);
      if (!holds) others.push(name);
      else if (holds(caller)) holding.add(name);
    }
    if (others.length === 0) return holding;
    if (this.#remembered) return this.#remembered.decide(caller, others, holding);
    for (const name of others) this.#warn(name);
    return holding;
  }

  /** Lets go of the connections to the decision service. */
  async close(): Promise<void> {
    await this.#service?.close();
  }

  #warn(policy: string): void {
    if (this.#undecided.has(policy)) return;
    this.#undecided.add(policy);
    this.#log.warn({ policy }, 'a policy that nobody decides, so that it never holds: gateway.yaml does not define it');
  }
}
