import type { HealthReport } from '../transport/health.ts';
import type { PageConfig } from './app/page-config.ts';

/** How long the page waits for a system to say what it is, in milliseconds; its name is only a label. */
const waitMs = 300;

/** Which systems stand behind the subgraphs, as they told last: a system that is down keeps its name. */
export class KnownSystems {
  readonly #health: () => Promise<readonly HealthReport[]> | undefined;
  #known: PageConfig['systems'] = {};

  /** @param health asks how all are; undefined while nothing is loaded */
  constructor(health: () => Promise<readonly HealthReport[]> | undefined) {
    this.#health = health;
  }

  /** By the subgraph's name. Never rejects. */
  async byName(): Promise<PageConfig['systems']> {
    const asking = this.#health()?.then((reports) => {
      const told = reports.flatMap(({ name, system }) =>
        system ? [[name, { system: system.name, kind: system.kind }]] : [],
      );
      this.#known = { ...this.#known, ...Object.fromEntries(told) };
    });
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    await Promise.race([asking?.catch(() => {}), enough]);
    clearTimeout(timer);
    return this.#known;
  }
}
