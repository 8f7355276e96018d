import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { EnvironmentReader } from './config-environment.ts';
import type { ConfigFile } from './config-file.ts';
import { readConfigFile } from './config-reader.ts';
import { readTelemetry, type TelemetryConfig } from './config-telemetry.ts';
import { hasFolder } from './embedded/folders.ts';
import { isLoopback } from './loopback.ts';

/**
 * Everything that the environment and gateway.yaml decide about the gateway itself. Subgraphs name their own variables in `backend.ts`.
 */
export interface Config {
  /** `GATEWAY_CONFIG`: what that file says. */
  readonly file: ConfigFile;
  /** Whether that file has faults: `file` then says only what holds by default. */
  readonly fileRefused: boolean;
  /** `AUTHENTICATION`: whether callers have to say who they are; where they don't, everybody may ask everything. */
  readonly authentication: boolean;
  /** `SUBGRAPH_KEYS`: the keys that sign what the gateway sends to subgraphs; `none` where nobody signs. */
  readonly subgraphKeys: string | undefined;
  /** `CACHE_URL`: a Redis, for what replicas share. */
  readonly cacheUrl: string | undefined;
  /** `DEMO_SECRET`: signs the tokens of demo callers; processes that serve together are given the same. None in production. */
  readonly demoSecret: Buffer | undefined;
  /** Where the gateway listens: `HOST`, by default this machine only. */
  readonly host: string;
  /** `PORT`: 4000 for the gateway; undefined for a subgraph, which then takes the port of its routing_url. */
  readonly port: number | undefined;
  /** `SUPERGRAPH_CONFIG`: the file that names the subgraphs. */
  readonly supergraphFile: string;
  /** `SUPERGRAPH_POLL_MS`: how often the files that make up the supergraph are looked at; 0 for never again. */
  readonly supergraphPollMs: number;
  /** `EMBED`: which subgraphs run inside the gateway's process; `all` that have a folder here. */
  readonly embed: 'all' | readonly string[];
  /** `REQUEST_TIMEOUT_MS`: how long a whole request may take. */
  readonly requestTimeoutMs: number;
  /** `FETCH_TIMEOUT_MS`: how long one fetch from a subgraph may take. */
  readonly fetchTimeoutMs: number;
  /** `SYSTEM_TIMEOUT_MS`: how long one call of a subgraph to its system may take. */
  readonly systemTimeoutMs: number;
  /** `PLAN_TIMEOUT_MS`: how long preparing one new operation may take. */
  readonly planTimeoutMs: number;
  /** `PLAN_MEMORY_MB`: the heap of the process that prepares new operations. */
  readonly planMemoryMb: number;
  /** `OPERATION_CACHE_MB`: how much prepared operations may take. */
  readonly operationCacheMb: number;
  /** `WORKERS`: how many processes serve; `auto` for one on each core. */
  readonly workers: number;
  /**
   * `NODE_ENV=production`: closes what only people who develop need, unless a setting opens it. A GET then has to prove that no page of
   * another site sent it.
   */
  readonly production: boolean;
  /** `INTROSPECTION`: whether clients may read the schema; not in production by default. */
  readonly introspection: boolean;
  /** `CONSOLE`: whether there is a page to try queries on; not in production by default. */
  readonly console: boolean;
  /** `LOG_LEVEL`. */
  readonly logLevel: (typeof logLevels)[number];
  /** What is told of the running process to whoever watches it. */
  readonly telemetry: TelemetryConfig;
  /** `DEMO_FOLDER`: where the data of the demo company is kept. */
  readonly demoFolder: string;
  /** `DEMO_SCALE`: how large the demo company is. */
  readonly demoScale: number;
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Settings that can't be used: one line each, with the variable, its value and the form expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** Reads the configuration. Errors: ConfigError with all faults at once. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const { config, faults } = examineConfig(environment);
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

/**
 * The configuration, the faults, and the variables that have one: for whoever looks for more faults. What stands for a setting that
 * can't be used claims nothing that somebody else may have.
 */
export function examineConfig(environment: Readonly<Record<string, string | undefined>>): {
  readonly config: Config;
  readonly faults: readonly string[];
  readonly refused: ReadonlySet<string>;
} {
  const reader = new EnvironmentReader(environment);
  const { faults, refused } = reader;
  const production = environment.NODE_ENV === 'production';
  const open = (variable: string) => reader.oneOf(variable, ['on', 'off'], production ? 'off' : 'on') === 'on';
  const milliseconds = { min: 1, max: 600_000 };
  const path = environment.GATEWAY_CONFIG || 'gateway.yaml';
  const { settings: file, faults: fileFaults } = readConfigFile(path, Boolean(environment.GATEWAY_CONFIG));
  faults.push(...fileFaults);
  const config: Config = {
    file,
    fileRefused: fileFaults.length > 0,
    authentication: reader.oneOf('AUTHENTICATION', ['on', 'off'], 'on') === 'on',
    subgraphKeys: environment.SUBGRAPH_KEYS || undefined,
    cacheUrl: environment.CACHE_URL || undefined,
    demoSecret: production ? undefined : Buffer.from(environment.DEMO_SECRET || randomBytes(32).toString('hex'), 'hex'),
    host: environment.HOST || '127.0.0.1',
    port: environment.PORT ? reader.number('PORT', 0, { min: 0, max: 65_535 }) : undefined,
    supergraphFile: environment.SUPERGRAPH_CONFIG || 'supergraph.yaml',
    supergraphPollMs: reader.number('SUPERGRAPH_POLL_MS', 1_000, { min: 0, max: 3_600_000 }),
    embed: readEmbed(environment.EMBED),
    requestTimeoutMs: reader.number('REQUEST_TIMEOUT_MS', 10_000, milliseconds),
    fetchTimeoutMs: reader.number('FETCH_TIMEOUT_MS', 6_000, milliseconds),
    systemTimeoutMs: reader.number('SYSTEM_TIMEOUT_MS', 5_000, milliseconds),
    planTimeoutMs: reader.number('PLAN_TIMEOUT_MS', 3_000, milliseconds),
    planMemoryMb: reader.number('PLAN_MEMORY_MB', 512, { min: 128, max: 65_536 }),
    operationCacheMb: reader.number('OPERATION_CACHE_MB', 64, { min: 1, max: 65_536 }),
    workers:
      environment.WORKERS === 'auto'
        ? availableParallelism()
        : reader.number('WORKERS', 1, { min: 1, max: 256, or: 'auto' }),
    production,
    introspection: open('INTROSPECTION'),
    console: open('CONSOLE'),
    logLevel: reader.oneOf('LOG_LEVEL', logLevels, 'info'),
    telemetry: readTelemetry(reader, production),
    demoFolder: environment.DEMO_FOLDER || '.data',
    demoScale: reader.number('DEMO_SCALE', 1, { min: 0.01, max: 40, whole: false }),
  };
  if (config.cacheUrl !== undefined && !/^rediss?:\/\/[^/]/.test(config.cacheUrl))
    reader.refuse('CACHE_URL', 'expected the URL of a Redis, such as redis://cache.example:6379.');
  if (!production && !isLoopback(config.host))
    reader.refuse(
      'HOST',
      `"${config.host}" is open to other machines, and in development demo callers may ask everything. Expected 127.0.0.1, ::1 or localhost, or NODE_ENV=production.`,
    );
  return { config: Object.freeze(config), faults, refused };
}

/** Whether a subgraph of this name runs inside. */
export function isEmbedded({ embed }: Config, name: string): boolean {
  return embed === 'all' ? hasFolder(name) : embed.includes(name);
}

/** The names of the subgraphs that run inside, and a fault where `EMBED` has some that the supergraph doesn't have. */
export function embeddedNames(
  config: Config,
  { subgraphs }: { readonly subgraphs: readonly { readonly name: string }[] },
): { readonly names: readonly string[]; readonly faults: readonly string[] } {
  const { embed } = config;
  const all = subgraphs.map(({ name }) => name);
  const unknown = embed === 'all' ? [] : embed.filter((name) => !all.includes(name));
  return {
    names: all.filter((name) => isEmbedded(config, name)),
    faults: unknown.length === 0 ? [] : [`EMBED: expected names out of ${all.join(', ')}, got ${unknown.join(', ')}.`],
  };
}

/** The name of the subgraph that is to run alone. Errors: ConfigError when the supergraph has none of that name. */
export function subgraphName(
  name: string | undefined,
  { subgraphs }: { readonly subgraphs: readonly { readonly name: string }[] },
): string {
  const names = subgraphs.map((each) => each.name);
  if (name !== undefined && names.includes(name)) return name;
  throw new ConfigError([`npm run subgraph -- NAME: expected one of ${names.join(', ')}, got ${name ?? 'nothing'}.`]);
}

function readEmbed(text: string | undefined): Config['embed'] {
  if (!text || text === 'all') return 'all';
  if (text === 'none') return [];
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
