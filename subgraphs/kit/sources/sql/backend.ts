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
    throw new StartupError([
      `${url.variable}: expected ${url.expected}; got one that begins with "${value.split(':')[0]}:".`,
    ]);
  }
  return new SqlSource(openSqlite(path), tables);
}
