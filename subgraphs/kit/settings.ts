/** A value that comes from the environment, named in `backend.ts` and read once when the subgraph starts. */
export interface Setting {
  /** The environment variable. */
  readonly variable: string;
  /** The form expected, for the error that names a missing or wrong one: `a URL such as http://crm.example/api`. */
  readonly expected: string;
  /** What stands when the variable isn't set; without it the variable is required. */
  readonly fallback?: string;
}

/** Reads a setting; a missing one was reported before. */
export type ReadSetting = (setting: Setting) => string;

/** Names an environment variable that the backend needs. */
export function env(variable: string, expected: string, fallback?: string): Setting {
  return fallback === undefined ? { variable, expected } : { variable, expected, fallback };
}

/** Each variable once, though several places of a mapping may name it. */
export function distinct(settings: readonly Setting[]): Setting[] {
  return settings.filter(({ variable }, i) => settings.findIndex((other) => other.variable === variable) === i);
}

/** One line for each setting that has no value, saying what to set and in which form. */
export function missingSettings(settings: readonly Setting[], environment: Environment): string[] {
  return settings
    .filter((setting) => setting.fallback === undefined && !environment[setting.variable])
    .map((setting) => `${setting.variable}: not set. Expected ${setting.expected}.`);
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads settings out of an environment. */
export function settingsFrom(environment: Environment): ReadSetting {
  return ({ variable, fallback }) => environment[variable] || (fallback ?? '');
}
