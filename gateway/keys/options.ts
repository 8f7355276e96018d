import { keyForm, keyPrefix } from '../access/identity/key-file.ts';
import { ConfigError } from '../config.ts';
import { readArguments } from '../terminal/arguments.ts';

/** What the command line asks for. */
export type KeysOptions =
  | { readonly command: 'help' }
  | {
      readonly command: 'create';
      readonly file: string | undefined;
      readonly name: string;
      readonly scopes: readonly string[];
      readonly claims: Readonly<Record<string, string>>;
      /** How long the key is good, in milliseconds; always, where it isn't said. */
      readonly lifeMs: number | undefined;
    }
  | { readonly command: 'list'; readonly file: string | undefined }
  | { readonly command: 'revoke'; readonly file: string | undefined; readonly id: string };

const hourMs = 3_600_000;
const units = { h: hourMs, d: 24 * hourMs, w: 7 * 24 * hourMs, y: 365 * 24 * hourMs } as const;

/** What only `create` takes. */
const ofCreate = ['scopes', 'expires', 'claim'] as const;

/** Reads the command line. Errors: ConfigError with all faults at once. No fault quotes what may be a key. */
export function readOptions(args: readonly string[]): KeysOptions {
  const { positionals, values } = readArguments('npm run keys', {
    args: [...args],
    allowPositionals: true,
    options: {
      scopes: { type: 'string', multiple: true },
      expires: { type: 'string' },
      claim: { type: 'string', multiple: true },
      file: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [command, subject = '', ...more] = positionals;
  if (values.help || command === 'help') return { command: 'help' };
  if (command !== 'create' && command !== 'list' && command !== 'revoke') {
    throw new ConfigError([
      `Expected create, list or revoke, got ${shown(command ?? '')}. See npm run keys -- --help.`,
    ]);
  }
  const faults: string[] = [];
  const { file } = values;
  if (file === '') faults.push('--file: expected the path of a file.');
  const surplus = command === 'list' ? positionals.slice(1) : more;
  if (surplus.length > 0) faults.push(`${command} takes no ${surplus.map(shown).join(' ')}.`);
  if (command !== 'create') {
    for (const name of ofCreate) if (values[name] !== undefined) faults.push(`--${name}: only create takes it.`);
  }
  if (command === 'list') return sound({ command, file }, faults);
  // A whole key is understood too: whoever finds one where it should not be has it at hand.
  const id = keyForm.exec(subject)?.[1] ?? subject;
  if (command === 'revoke') {
    if (!/^[a-z0-9]{8,32}$/.test(id)) faults.push(`ID: expected one that list shows, got ${shown(subject)}.`);
    return sound({ command, file, id }, faults);
  }
  if (!/^[a-z0-9][\w.@-]{0,63}$/i.test(subject) || keyForm.test(subject)) {
    faults.push(
      `NAME: expected at most 64 letters, digits and . _ @ -, such as nightly-report; got ${shown(subject)}.`,
    );
  }
  const options: KeysOptions = {
    command,
    file,
    name: subject,
    scopes: scopesOf(values.scopes ?? [], faults),
    claims: claimsOf(values.claim ?? [], faults),
    lifeMs: lifeOf(values.expires, faults),
  };
  return sound(options, faults);
}

function sound(options: KeysOptions, faults: readonly string[]): KeysOptions {
  if (faults.length > 0) throw new ConfigError(faults);
  return options;
}

/** RFC 6749, section 3.3; a comma ends a scope here. */
function scopesOf(texts: readonly string[], faults: string[]): string[] {
  const scopes = texts.flatMap((text) => text.split(',')).map((scope) => scope.trim());
  const wrong = scopes.filter((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  if (wrong.length > 0) {
    faults.push(
      `--scopes: expected scopes with commas between them, such as order:read; got ${wrong.map(shown).join(', ')}.`,
    );
  }
  return [...new Set(scopes)];
}

function claimsOf(texts: readonly string[], faults: string[]): Record<string, string> {
  const claims = new Map<string, string>();
  for (const text of texts) {
    const [, name = '', value = ''] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
    if (value === '') faults.push(`--claim: expected one such as role=reporting, got ${shown(text)}.`);
    else if (name === '__proto__') faults.push('--claim: __proto__ can be no name.');
    else if (claims.has(name)) faults.push(`--claim: ${name} is there twice.`);
    claims.set(name, value);
  }
  return Object.fromEntries(claims);
}

function lifeOf(text: string | undefined, faults: string[]): number | undefined {
  if (text === undefined) return undefined;
  const [, count = '', unit = ''] = /^(\d{1,4})([hdwy])$/.exec(text) ?? [];
  const lifeMs = Number(count) * (units[unit as keyof typeof units] ?? 0);
  if (lifeMs > 0 && lifeMs <= 100 * units.y) return lifeMs;
  faults.push(
    `--expires: expected hours, days, weeks or years, such as 12h, 90d, 4w or 1y, at most 100y; got ${shown(text)}.`,
  );
  return undefined;
}

/** An argument as a fault quotes it. */
function shown(text: string): string {
  if (text === '') return 'nothing';
  return text.startsWith(keyPrefix) ? 'a key' : `"${text}"`;
}
