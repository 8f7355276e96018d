import { nearest } from '../../subgraphs/kit/nearest.ts';
import { defaultKeyFile, type KeyRecord } from '../access/identity/key-file.ts';
import type { Help } from '../terminal/help.ts';

/** What `--help` says. */
export const keysHelp: Help = {
  usage: [
    'npm run keys -- create NAME [--scopes A,B] [--claim N=V] [--expires 90d]',
    'npm run keys -- list',
    'npm run keys -- revoke ID',
  ],
  about:
    'Keeps the API keys of machines that ask the gateway. Clients send one as "Authorization: Bearer jct_…" or "x-api-key: jct_…".',
  sections: [
    {
      title: 'Commands',
      rows: [
        ['create', 'makes a key and prints it, this once: only its hash is kept'],
        ['list', 'shows all keys, without their secrets'],
        ['revoke', 'ends a key; a gateway that is running refuses it within a second'],
      ],
    },
    {
      title: 'Options (and what holds without)',
      rows: [
        ['--scopes', 'what the key may do, with commas: order:read,inventory:read (nothing beyond being known)'],
        ['--claim', 'what rules may ask of it: role=reporting; again for more (none)'],
        ['--expires', 'how long it is good: 12h, 90d, 4w, 1y (until it is revoked)'],
        ['--file', `where keys are kept (authentication.api_keys in gateway.yaml, or else ${defaultKeyFile})`],
      ],
    },
  ],
  examples: [
    'npm run keys -- create nightly --scopes order:read --expires 90d',
    'npm run --silent keys -- create nightly > key.txt      the key alone',
    'npm run keys -- revoke 4f0c9a1be27d',
  ],
  more: 'README.md, "Who may ask what"; SECURITY.md.',
};

/** What stands beside a new key. */
export function createdText({ id, name, scopes, expires }: KeyRecord, file: string): string {
  const may = scopes.length > 0 ? `may ${scopes.join(' ')}` : 'has no scopes';
  return `Key ${id} of ${name} ${may}; ${expires ? `it ends at ${expires}` : 'it does not expire'}. It is shown this once; ${file} keeps only its hash.\n`;
}

/** A warning for each scope that nobody asks for; none where it isn't known which there are. */
export function unknownText(scopes: readonly string[], known: ReadonlySet<string> | undefined): string {
  if (known === undefined) return '';
  const unknown = scopes.filter((scope) => !known.has(scope));
  return unknown
    .map((scope) => {
      const more = nearest(scope, known) || '. npm run access lists what rules ask for';
      return `Warning: no rule asks for the scope "${scope}"${more}.\n`;
    })
    .join('');
}

/** A table of keys, the oldest first. `now` in milliseconds since 1970. */
export function listText(keys: readonly KeyRecord[], file: string, now: number): string {
  if (keys.length === 0) return `${file} has no keys. Make one: npm run keys -- create NAME --scopes order:read\n`;
  const heads = ['ID', 'NAME', 'STATE', 'CREATED', 'EXPIRES', 'SCOPES', 'CLAIMS'];
  const rows = keys.map((key) => [
    key.id,
    key.name,
    stateOf(key, now),
    minute(key.created),
    key.expires ? minute(key.expires) : 'never',
    key.scopes.join(' ') || '-',
    Object.entries(key.claims)
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' ') || '-',
  ]);
  const widths = heads.map((head, i) =>
    Math.max(...[head, ...rows.map((row) => row[i] ?? '')].map(({ length }) => length)),
  );
  return [heads, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function stateOf({ revoked, expires }: KeyRecord, now: number): string {
  if (revoked) return 'revoked';
  return expires && Date.parse(expires) <= now ? 'expired' : 'good';
}

/** `2030-01-31 14:05Z` */
function minute(time: string): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
