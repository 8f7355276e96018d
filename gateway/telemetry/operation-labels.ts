/** The label of all operations that have none of their own. */
export const otherOperations = 'other';
/** The label of operations without a name. */
export const namelessOperations = 'anonymous';

const longest = 64;

/**
 * What operations are called in labels of metrics. Clients choose their names, and each label is kept for ever by whoever collects them: so
 * only the first few names that come are labels, `most` of them; all others share one. What is not a letter, a digit or `_` becomes `_`.
 */
export class OperationLabels {
  readonly #most: number;
  readonly #labels = new Map<string, string>();

  /** @param most how many names are labels */
  constructor(most: number) {
    this.#most = most;
  }

  /** The label for a name. */
  of(name: string | undefined): string {
    if (name === undefined) return namelessOperations;
    const known = this.#labels.get(name);
    if (known !== undefined) return known;
    if (this.#labels.size >= this.#most) return otherOperations;
    const label = name.replaceAll(/\W/g, '_').slice(0, longest) || namelessOperations;
    this.#labels.set(name, label);
    return label;
  }
}
