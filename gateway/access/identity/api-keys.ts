import { hash, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { faultsOf } from '../../faults.ts';
import { stampOf } from '../../supergraph/stamp.ts';
import type { Caller } from '../caller.ts';
import { CredentialError } from './credential.ts';
import { type KeyRecord, keyForm, readKeyFile } from './key-file.ts';

/** How keys are kept in sight. */
export interface ApiKeysOptions {
  /** The file that `npm run keys` keeps. One that isn't there holds no keys yet. */
  readonly file: string;
  readonly log: Logger;
  /** How often it is looked at, in milliseconds: half of the second within which a revoked key ends. @default 500 */
  readonly pollMs?: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

interface Entry {
  readonly record: KeyRecord;
  readonly hash: Buffer;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly caller: Caller;
}

/** Knows who an API key stands for, as the file says at the moment. */
export class ApiKeys {
  readonly #options: ApiKeysOptions;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #entries: ReadonlyMap<string, Entry>;
  /** Of the file as it was last taken; undefined where it could not be. */
  #stamp: string | undefined;
  /** What is wrong with the file, once that was logged. */
  #fault: string | undefined;
  #looking = false;

  private constructor(options: ApiKeysOptions, stamp: string, records: readonly KeyRecord[]) {
    const { pollMs = 500, now = Date.now } = options;
    this.#options = options;
    this.#now = now;
    this.#stamp = stamp;
    this.#entries = entriesOf(records, new Map());
    this.#timer = setInterval(() => void this.#look(), pollMs).unref();
  }

  /** Reads the file, and from then on whenever it changes. Errors: StartupError where it can't be read or used. */
  static async open(options: ApiKeysOptions): Promise<ApiKeys> {
    // The stamp first: what changes after it is seen by the next look.
    const stamp = await stampOf(options.file);
    return new ApiKeys(options, stamp, await readKeyFile(options.file));
  }

  /**
   * Who a key stands for; the same object as long as the file says the same of it. A key's state is told only to those who have its
   * secret. Errors: CredentialError `invalid`.
   */
  callerOf(key: string): Caller {
    const [, id = '', secret = ''] = keyForm.exec(key) ?? [];
    const entry = this.#entries.get(id);
    if (!entry || !timingSafeEqual(hash('sha256', secret, 'buffer'), entry.hash)) {
      throw new CredentialError('invalid', 'The API key is not known.');
    }
    if (entry.record.revoked !== undefined) throw new CredentialError('invalid', 'The API key was revoked.');
    if (entry.expires <= this.#now()) throw new CredentialError('invalid', 'The API key has expired.');
    return entry.caller;
  }

  /** How many keys there are, with those that ended. */
  get size(): number {
    return this.#entries.size;
  }

  /** Looks at the file no longer. */
  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const { file, log } = this.#options;
    try {
      const stamp = await stampOf(file);
      if (stamp === this.#stamp) return;
      const entries = entriesOf(await readKeyFile(file), this.#entries);
      this.#entries = entries;
      this.#stamp = stamp;
      this.#fault = undefined;
      log.info({ file, keys: entries.size }, 'API keys were read again');
    } catch (error) {
      // Tried again at every look, as what keeps it from being read may go without a change of the file; told once.
      this.#stamp = undefined;
      const faults = faultsOf(error) ?? [String(error)];
      const fault = faults.join('\n');
      if (fault !== this.#fault)
        log.error({ file, faults }, 'API keys could not be read again: the last good ones count');
      this.#fault = fault;
    } finally {
      this.#looking = false;
    }
  }
}

/** By id. An entry of before stays as it is where nothing about its key has changed. */
function entriesOf(records: readonly KeyRecord[], before: ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> {
  return new Map(
    records.map((record) => {
      const known = before.get(record.id);
      return [record.id, known && isDeepStrictEqual(known.record, record) ? known : entryOf(record)];
    }),
  );
}

function entryOf(record: KeyRecord): Entry {
  const { id, name, sha256, scopes, claims, expires } = record;
  const caller: Caller = Object.freeze({
    id: `key ${id}`,
    kind: 'key',
    claims: Object.freeze({ sub: name, ...claims }),
    scopes: new Set(scopes),
  });
  const ends = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
  return { record, hash: Buffer.from(sha256, 'hex'), expires: ends, caller };
}
