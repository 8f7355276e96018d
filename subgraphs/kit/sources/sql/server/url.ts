import { StartupError } from '../../../errors.ts';
import { readTls, type Tls, tlsParameters } from './tls.ts';

/** How a database server is opened. */
export interface ServerOptions {
  /** The environment variable that holds the URL, which faults name. */
  readonly variable: string;
  /** `postgres://user:password@host:port/database?sslmode=…`, also with `postgresql:`, `mariadb:` and `mysql:`. */
  readonly url: string;
  /** The user, where it isn't in the URL. */
  readonly user?: string | undefined;
  /** The password, where it isn't in the URL. */
  readonly password?: string | undefined;
  /** The most connections. @default 10 */
  readonly poolSize?: number;
  /** After this the server itself ends a statement: a net below the time limits of the callers. @default 30000 */
  readonly statementTimeoutMs?: number;
}

/** Where a database server is, and as whom it is asked. */
export interface ServerAddress {
  /** A name or an address; a path where it is the folder (PostgreSQL) or the file (MariaDB) of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Undefined: the connection is not encrypted. */
  readonly tls: Tls | undefined;
  /** The engine's own parameters. */
  readonly parameters: ReadonlyMap<string, string>;
}

const ports: Readonly<Record<string, number>> = { postgres: 5432, postgresql: 5432, mariadb: 3306, mysql: 3306 };

/**
 * Reads the URL of a database server. Besides TLS (see `readTls`) it takes `host`, where that is a Unix socket, and the engine's own
 * `parameters`. Errors: StartupError with every fault; it names the variable and quotes nothing of its value, which may hold a password.
 */
export function readServerUrl(options: ServerOptions, parameters: readonly string[] = []): ServerAddress {
  const { variable } = options;
  const url = parseServerUrl(options);
  const given = new Map(url.searchParams);
  const known = [...tlsParameters, ...parameters, 'host'];
  const faults: string[] = [];
  // The name itself is not quoted: behind a ? that should have been written %3F stands a password.
  if (![...given.keys()].every((name) => known.includes(name))) {
    faults.push(`${variable}: the URL has a parameter that isn't known; expected ${known.join(', ')}.`);
  }
  const host = given.get('host') || decode(url.hostname, options).replace(/^\[(.*)\]$/, '$1');
  const database = decode(url.pathname.slice(1), options);
  const user = options.user || decode(url.username, options);
  if (!host) faults.push(`${variable}: the URL names no host.`);
  if (!database) faults.push(`${variable}: the URL names no database; expected …/DATABASE at its end.`);
  if (!user) faults.push(`${variable}: there is no user, neither in the URL nor beside it.`);
  const tls = readTls(variable, host, given, faults);
  if (faults.length > 0) throw new StartupError(faults);
  return {
    host,
    port: Number(url.port) || (ports[url.protocol.slice(0, -1)] ?? 0),
    database,
    user,
    password: options.password || decode(url.password, options),
    tls,
    parameters: new Map([...given].filter(([name]) => parameters.includes(name))),
  };
}

/** The URL in its parts, still escaped. Errors: as of `readServerUrl`. */
export function parseServerUrl(options: Pick<ServerOptions, 'variable' | 'url'>): URL {
  // A URL without a host can't hold a user, so that `user@/database?host=/socket` is read with a host of no meaning.
  const url = URL.parse(options.url.replace(/^([a-z]+:\/\/[^/?#]*@)(?=\/)/i, '$1.'));
  // A # or / that should have been escaped in a password makes a part of it a fragment or a path.
  if (url?.hash !== '' || /^\/.*[@/]/.test(url.pathname)) throw unreadable(options);
  if (url.hostname === '.') url.hostname = '';
  return url;
}

function decode(part: string, options: ServerOptions): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // The error is left out: it may quote the value.
    throw unreadable(options);
  }
}

function unreadable({ variable }: Pick<ServerOptions, 'variable'>): StartupError {
  return new StartupError([
    `${variable}: expected a URL such as postgres://user:password@host:5432/database; got one that can't be read. ` +
      'In a password, the characters / ? # @ : % are written as %2F %3F %23 %40 %3A %25.',
  ]);
}
