import { StartupError } from '../errors.ts';
import { env } from '../settings.ts';
import type { Call } from '../source.ts';
import { openEngine } from '../sources/sql/backend.ts';
import { parseServerUrl } from '../sources/sql/server/url.ts';
import { type Code, quoted } from './code.ts';
import type { Draft } from './draft.ts';
import { draftOfTables } from './sql/draft.ts';
import { lookAt, type OnTable } from './sql/look.ts';
import type { Taken } from './type-names.ts';

/** Which system a draft is made of. */
export interface SystemOptions {
  /** The subgraph's name. */
  readonly name: string;
  /** Where the system is: a database's URL, or the URL or path of an OpenAPI document or a WSDL. May hold a password. */
  readonly from: string;
  /** The tables to take; by default all with a primary key. */
  readonly tables: readonly string[] | undefined;
  readonly taken: Taken;
  /** Told which table of how many is looked at. */
  readonly onTable?: OnTable;
}

/** A draft, and what has to be set for it. */
export interface Drafted {
  readonly draft: Draft;
  /** The variables with their values; undefined for a value that a person must fill in, such as a password. */
  readonly settings: readonly { readonly variable: string; readonly value: string | undefined }[];
}

/**
 * Looks at a system and drafts a subgraph over it. Errors: StartupError for what a person can mend; SystemError when the system does
 * not answer.
 */
export async function draftSystem(options: SystemOptions, call: Call): Promise<Drafted> {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(options.from)?.[1]?.toLowerCase();
  if (scheme !== undefined && ['sqlite', 'postgres', 'postgresql', 'mariadb', 'mysql'].includes(scheme)) {
    return draftDatabase(options, scheme, call);
  }
  if (options.tables) throw new StartupError(['--tables: only a database has tables.']);
  const { draftDescribed } = await import('./described.ts');
  return draftDescribed(options, call);
}

/** The prefix of a subgraph's variables: `SHIPPING`. */
export function prefixOf(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

async function draftDatabase(
  { name, from, tables, taken, onTable }: SystemOptions,
  scheme: string,
  call: Call,
): Promise<Drafted> {
  const engine = await openEngine({ system: name, url: env('--from', 'the URL of a database'), types: {} }, () => from);
  try {
    const look = await lookAt(engine, tables, call, onTable);
    const prefix = prefixOf(name);
    const onServer = scheme !== 'sqlite';
    const { url, user, hasPassword } = onServer
      ? withoutCredentials(from)
      : { url: from, user: '', hasPassword: false };
    const example = onServer ? `${scheme}://db.example/${name}` : `sqlite:/var/lib/${name}.db`;
    const options: (readonly [string, Code])[] = [
      ['system', quoted(name)],
      ['url', envCode(`${prefix}_URL`, `the URL of a database, such as ${example}`)],
    ];
    if (onServer) {
      // Either may stand in the URL instead.
      options.push(['user', envCode(`${prefix}_USER`, 'a user of the database', '')]);
      options.push(['password', envCode(`${prefix}_PASSWORD`, "the password of the database's user", '')]);
    }
    const settings = [
      { variable: `${prefix}_URL`, value: url },
      ...(user === '' ? [] : [{ variable: `${prefix}_USER`, value: user }]),
      ...(hasPassword ? [{ variable: `${prefix}_PASSWORD`, value: undefined }] : []),
    ];
    return { draft: draftOfTables(name, look, options, taken), settings };
  } finally {
    await engine.close();
  }
}

/** The URL without user and password, which stand in variables of their own and are never written or shown. */
export function withoutCredentials(from: string): { url: string; user: string; hasPassword: boolean } {
  const url = parseServerUrl({ variable: '--from', url: from });
  const { username, password } = url;
  url.username = '';
  url.password = '';
  // A host that stands only for none, beside the path of a socket.
  if (url.hostname === '.') url.hostname = '';
  return { url: url.href, user: decodeURIComponent(username), hasPassword: password !== '' };
}

/** `env('SHIPPING_URL', '…')` */
export function envCode(variable: string, expected: string, fallback?: string): Code {
  return { call: 'env', of: [variable, expected, ...(fallback === undefined ? [] : [fallback])].map(quoted) };
}
