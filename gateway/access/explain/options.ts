import { ConfigError } from '../../config.ts';
import { readArguments } from '../../terminal/arguments.ts';
import type { Caller } from '../caller.ts';
import { demoCaller, demoCallers } from '../identity/demo-callers.ts';

/** What the command line asks for. */
export type AccessOptions =
  | { readonly command: 'help' }
  /** All rules, and for whom they hold. */
  | { readonly command: 'rules'; readonly json: boolean }
  | {
      readonly command: 'explain';
      readonly json: boolean;
      readonly caller: Caller;
      /** A query, `@` and the path of a file with one, or `-` for what comes in by standard input. */
      readonly query: string;
      readonly operationName: string | undefined;
    };

/** Who brings no credential. */
export const anonymous: Caller = Object.freeze({
  id: 'anonymous',
  kind: 'anonymous',
  claims: Object.freeze({}),
  scopes: new Set<string>(),
});

/** The names that `--as` takes. */
export const callerNames: readonly string[] = [...demoCallers.map(({ name }) => name), 'anonymous'];

/** Reads the command line. Errors: ConfigError with all faults at once. */
export function readOptions(args: readonly string[]): AccessOptions {
  const { positionals, values } = readArguments('npm run access', {
    args: [...args],
    allowPositionals: true,
    options: {
      as: { type: 'string' },
      scopes: { type: 'string', multiple: true },
      claim: { type: 'string', multiple: true },
      operation: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [command, query = '', ...more] = positionals;
  if (values.help || command === 'help') return { command: 'help' };
  const { json, as, scopes, claim, operation } = values;
  const faults: string[] = [];
  if (command === undefined) {
    for (const [name, value] of Object.entries({ as, scopes, claim, operation }))
      if (value !== undefined) faults.push(`--${name}: only explain takes it.`);
    return sound({ command: 'rules', json }, faults);
  }
  if (command !== 'explain') throw new ConfigError([`Expected explain or nothing, got "${command}". ${seeHelp}`]);
  if (query.trim() === '') faults.push('QUERY: expected a query, @FILE, or - for standard input.');
  if (more.length > 0) faults.push(`Expected one query, got ${positionals.length - 1}: put it in quotes.`);
  if (as !== undefined && !callerNames.includes(as))
    faults.push(`--as: expected one of ${callerNames.join(', ')}, got "${as}".`);
  if (as === undefined && !scopes && !claim)
    faults.push(`Who asks? Expected --as ${callerNames.join('|')}, or --scopes and --claim of a token.`);
  if (as === 'anonymous' && (scopes || claim)) faults.push('--as anonymous: has neither scopes nor claims.');
  const given = { scopes: scopesOf(scopes ?? []), claims: claimsOf(claim ?? [], faults) };
  return sound({ command, json, caller: callerOf(as, given), query, operationName: operation }, faults);
}

const seeHelp = 'See npm run access -- --help.';

function sound(options: AccessOptions, faults: readonly string[]): AccessOptions {
  if (faults.length > 0) throw new ConfigError(faults);
  return options;
}

interface Given {
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Who has a token with these scopes and claims, beside those of the demo caller that is named. */
function callerOf(as: string | undefined, { scopes, claims }: Given): Caller {
  if (as === 'anonymous') return anonymous;
  const demo = as === undefined ? undefined : demoCaller(as);
  if (demo && scopes.length === 0 && Object.keys(claims).length === 0) return demo;
  const all = new Set([...(demo?.scopes ?? []), ...scopes]);
  return {
    id: as ?? 'a token',
    kind: 'token',
    claims: { ...demo?.claims, scope: [...all].join(' '), ...claims },
    scopes: all,
  };
}

function scopesOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(/[\s,]+/)).filter((scope) => scope !== '');
}

/** JSON where a value is some, such as `groups=["a","b"]`; a text otherwise. */
function claimsOf(texts: readonly string[], faults: string[]): Record<string, unknown> {
  const claims = new Map<string, unknown>();
  for (const text of texts) {
    const [, name = '', value = ''] = /^([^=\s]+)=(.+)$/s.exec(text) ?? [];
    if (value === '') faults.push(`--claim: expected one such as role=agent, got "${text}".`);
    else if (claims.has(name)) faults.push(`--claim: ${name} is there twice.`);
    else claims.set(name, jsonOrText(value));
  }
  return Object.fromEntries(claims);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
