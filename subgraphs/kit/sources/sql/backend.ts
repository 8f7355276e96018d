import { existsSync } from 'node:fs';
import { StartupError } from '../../errors.ts';
import type { Backend, TypeMapping } from '../../mapping.ts';
import type { ReadSetting, Setting } from '../../settings.ts';
import type { Source } from '../../source.ts';
import type { SqlOptions, SqlTable } from './options.ts';
import { SqlSource } from './source.ts';
import { openSqlite } from './sqlite.ts';

/** A subgraph over a SQL database. */
export function sql({ system, url, types }: SqlOptions): Backend {
  const tables = new Map<string, SqlTable>();
  const mappings: Record<string, TypeMapping> = {};
  for (const [name, { table, computed = {}, contributed, ...mapping }] of Object.entries(types)) {
    if (table !== undefined) tables.set(name, { table, computed });
    mappings[name] = { ...mapping, records: table === undefined ? 'none' : contributed ? 'contributed' : 'owned' };
  }
  return {
    system,
    settings: [url],
    types: mappings,
    connect: (read) => connect(url, read, tables),
  };
}

function connect(url: Setting, read: ReadSetting, tables: ReadonlyMap<string, SqlTable>): Source {
  const value = read(url);
  const path = /^sqlite:(.+)$/.exec(value)?.[1];
  if (path === undefined) {
    // The value may hold a password, so that only its scheme is repeated.
    const scheme = /^[a-z][a-z\d+.-]*:/i.exec(value)?.[0];
    const got = scheme ? `one that begins with "${scheme}"` : 'a value without a scheme';
    throw new StartupError([`${url.variable}: expected ${url.expected}; got ${got}.`]);
  }
  // A server may come back; a file that is not there is a wrong setting.
  if (!existsSync(path)) throw new StartupError([`${url.variable}: there is no file ${path}.`]);
  return new SqlSource(openSqlite(path), tables);
}
