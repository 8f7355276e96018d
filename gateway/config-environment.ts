/** Reads settings of the environment, and keeps what is wrong with them. An empty variable is one that isn't set. */
export class EnvironmentReader {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One line each: the variable, its value and the form expected. */
  readonly faults: string[] = [];
  /** The variables that have a fault. */
  readonly refused = new Set<string>();

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.environment = environment;
  }

  refuse(variable: string, fault: string): void {
    this.refused.add(variable);
    this.faults.push(`${variable}: ${fault}`);
  }

  number(variable: string, fallback: number, { min, max, whole = true, or }: Range): number {
    const text = this.environment[variable];
    if (!text) return fallback;
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    const also = or ? `${or} or ` : '';
    this.refuse(variable, `expected ${also}a ${whole ? 'whole ' : ''}number from ${min} to ${max}, got "${text}".`);
    return fallback;
  }

  oneOf<T extends string>(variable: string, values: readonly T[], fallback: T): T {
    const text = this.environment[variable] || fallback;
    const value = values.find((each) => each === text);
    if (value === undefined) this.refuse(variable, `expected one of ${values.join(', ')}, got "${text}".`);
    return value ?? fallback;
  }
}

/** Which numbers a setting may be. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  /** What else is allowed. */
  readonly or?: string;
}
