import { inspect } from 'node:util';
import type { SubgraphLog } from '../../subgraphs/kit/subgraph.ts';

/**
 * What is logged while subgraphs are opened, each thing once until the subgraph is in use: where a change can't be taken, they
 * are opened again and again.
 */
export class OpeningLog {
  readonly #log: SubgraphLog;
  readonly #said = new Map<string, Set<string>>();

  constructor(log: SubgraphLog) {
    this.#log = log;
  }

  /** The log of one attempt to open a subgraph. After `opened`, it leaves out nothing. */
  attempt(name: string): SubgraphLog & { opened(): void } {
    let opening = true;
    const said = this.#said.get(name) ?? new Set();
    this.#said.set(name, said);
    const at = (level: keyof SubgraphLog) => (details: object, message: string) => {
      const words = `${message} ${inspect(details)}`;
      if (opening && said.has(words)) return;
      if (opening) said.add(words);
      this.#log[level](details, message);
    };
    return {
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      opened() {
        opening = false;
      },
    };
  }

  /** What was said of these subgraphs may be said again. */
  forget(names: Iterable<string>): void {
    for (const name of names) this.#said.delete(name);
  }
}
