import { existsSync } from 'node:fs';
import { StartupError } from '../../errors.ts';
import type { AnyContract, Backend, TypeMapping } from '../../forms.ts';
import { distinct, type ReadSetting, type Setting } from '../../settings.ts';
import type { Raw } from '../../source.ts';
import type { Engine } from './engine.ts';
import type { SqlOptions, SqlTable, SqlTypeMapping } from './options.ts';
import { SqlSource } from './source.ts';

/** A subgraph over a SQL database. */
export function sql<Contract = AnyContract>(stated: SqlOptions<Contract>): Backend {
  // The contract's names only serve the compiler.
  const options = stated as SqlOptions;
  const { system, url, user, password, types } = options;
  const credentials = [user, password].filter((setting) => setting !== undefined);
  return {
    system,
    settings: distinct([url, ...credentials, ...Object.values(types).flatMap(settingsOf)]),
    types: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, mappingOf(type)])),
    async connect(read) {
      return new SqlSource(await openEngine(options, read), tablesOf(types, read));
    },
  };
}

/** Each engine's driver is loaded only where a URL asks for it. */
export async function openEngine({ url, user, password, poolSize }: SqlOptions, read: ReadSetting): Promise<Engine> {
  const value = read(url);
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(value)?.[1]?.toLowerCase();
  const server = () => ({
    variable: url.variable,
    url: value,
    user: user && read(user),
    password: password && read(password),
    ...(poolSize === undefined ? {} : { poolSize }),
  });
  switch (scheme) {
    case 'sqlite': {
      const path = value.slice('sqlite:'.length);
      // A server may come back; a file that is not there is a wrong setting.
      if (!existsSync(path)) throw new StartupError([`${url.variable}: there is no file ${path}.`]);
      return (await import('./sqlite/engine.ts')).openSqlite(path);
    }
    case 'postgres':
    case 'postgresql':
      return (await import('./postgres/engine.ts')).openPostgres(server());
    case 'mariadb':
    case 'mysql':
      return (await import('./mariadb/engine.ts')).openMariadb(server());
    default: {
      // The value may hold a password, so that only its scheme is repeated.
      const got = scheme ? `one that begins with "${scheme}:"` : 'a value without a scheme';
      throw new StartupError([`${url.variable}: expected ${url.expected}; got ${got}.`]);
    }
  }
}

function mappingOf({ table, contributed, joins: _joins, computed: _computed, where = {}, ...mapping }: SqlTypeMapping) {
  const records = table === undefined ? 'none' : contributed ? 'contributed' : 'owned';
  return { ...mapping, records, hides: Object.keys(where).length > 0 } satisfies TypeMapping;
}

function settingsOf({ where = {} }: SqlTypeMapping): Setting[] {
  return Object.values(where).filter(isSetting);
}

function tablesOf(types: SqlOptions['types'], read: ReadSetting): ReadonlyMap<string, SqlTable> {
  const tables = new Map<string, SqlTable>();
  for (const [name, { table, joins = {}, computed = {}, where = {} }] of Object.entries(types)) {
    if (table === undefined) continue;
    const conditions = Object.entries(where).map(([column, value]) => [column, isSetting(value) ? read(value) : value]);
    tables.set(name, { table, joins, computed, where: Object.fromEntries(conditions) });
  }
  return tables;
}

function isSetting(value: Raw | readonly Raw[] | Setting): value is Setting {
  return typeof value === 'object' && value !== null && 'variable' in value;
}
