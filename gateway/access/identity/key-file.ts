import { hash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { StartupError } from '../../../subgraphs/kit/errors.ts';

// API keys for machines: their form, and the file that remembers them. `npm run keys` writes it, the gateway reads it.

/** Where keys are kept unless something else is said. */
export const defaultKeyFile = '.data/api-keys.json';

/** How every key begins: what tells it from another token, and lets scanners for leaked secrets find it. */
export const keyPrefix = 'jct_';

/** `jct_<id>_<secret>`: no id has an underscore, a secret may. */
export const keyForm = /^jct_([a-z0-9]{8,32})_([A-Za-z0-9_-]{43})$/;

const time = z.iso.datetime('expected a time in UTC, such as 2030-01-31T00:00:00Z');
/** RFC 6749, section 3.3. */
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'expected a scope without spaces and quotes');

const record = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{8,32}$/, 'expected 8 to 32 small letters and digits'),
  name: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'),
  scopes: z.array(scope),
  claims: z.record(z.string(), z.unknown()),
  created: time,
  expires: time.optional(),
  revoked: time.optional(),
});

const file = z.strictObject({ keys: z.array(record) });

/**
 * What is kept of a key. Of the secret, `sha256` of its text: it is 256 random bits, so nobody guesses it from its hash however fast
 * that is; a slow hash is for what people can remember.
 */
export type KeyRecord = Readonly<z.output<typeof record>>;

/** A new key, and what is kept of it. The key itself is nowhere else. */
export function makeKey(of: Omit<KeyRecord, 'id' | 'sha256'>): { readonly key: string; readonly record: KeyRecord } {
  const id = randomBytes(6).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { key: `${keyPrefix}${id}_${secret}`, record: { id, ...of, sha256: hash('sha256', secret) } };
}

/** The keys in a file; none where it isn't there. Errors: StartupError with all faults, each with the file and the place in it. */
export async function readKeyFile(path: string): Promise<readonly KeyRecord[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new StartupError([`${path}: it can't be read (${code}). Expected the file that npm run keys keeps.`]);
  }
  return parseKeys(text, path);
}

/** The file's text for these keys. */
export function keyFileText(keys: readonly KeyRecord[]): string {
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}

function parseKeys(text: string, path: string): readonly KeyRecord[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    // The message itself may quote the file.
    const place = /\(line (\d+) column (\d+)\)$/.exec((error as Error).message);
    throw new StartupError([
      `${path}${place ? `:${place[1]}:${place[2]}` : ''}: expected JSON as npm run keys writes it.`,
    ]);
  }
  const result = file.safeParse(content);
  if (!result.success) {
    throw new StartupError(
      result.error.issues.map(
        ({ path: at, message }) => `${path}: ${at.length > 0 ? `${at.join('.')}: ` : ''}${message}.`,
      ),
    );
  }
  const { keys } = result.data;
  const twice = keys.filter(({ id }, i) => keys.findIndex((other) => other.id === id) !== i);
  if (twice.length > 0) throw new StartupError(twice.map(({ id }) => `${path}: the id ${id} is there twice.`));
  return keys;
}
