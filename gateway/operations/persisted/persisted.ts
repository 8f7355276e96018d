import type { Logger } from 'pino';
import type { Redis } from '../../../subgraphs/kit/redis.ts';
import type { PersistedSettings } from '../../config-file.ts';
import { AutomaticOperations } from './automatic.ts';
import { isHashOf } from './hash.ts';
import { ManifestFile } from './manifest-file.ts';
import { hashMismatch, notFound, notInList, notInSafelist, notSupported, type PersistedRefusal } from './refusal.ts';

/** How a request says which operation it wants: by its text, by an id, or by both. */
export type Asked =
  | { readonly query: string; readonly operationId: string | undefined }
  | { readonly query: undefined; readonly operationId: string };

/** The text that is to run. */
export interface Resolved {
  readonly kind: 'resolved';
  readonly query: string;
  /** To be called once the text was found to be valid: then its hash alone will do. Not there where it does already. */
  readonly remember?: () => void;
}

/** What persisted operations need. */
export interface PersistedOptions {
  /** What replicas share, where there is one. It stays the caller's to close. */
  readonly redis?: Redis | undefined;
  /** Between two looks at the manifest, in milliseconds. 0: never. @default 1000 */
  readonly pollMs?: number;
  readonly log: Logger;
}

/**
 * Texts by ids: those of a manifest, and by Apollo's protocol of automatic persisted queries those that clients sent before. With
 * `only`, nothing but the manifest's operations runs; what else is asked is refused before anything reads it.
 */
export class PersistedOperations {
  /** How many requests brought an id alone, whose text was known or wasn't. */
  readonly counts = { known: 0, unknown: 0 };
  readonly #manifest: ManifestFile | undefined;
  readonly #automatic: AutomaticOperations | undefined;
  readonly #only: boolean;

  private constructor(only: boolean, manifest: ManifestFile | undefined, automatic: AutomaticOperations | undefined) {
    this.#only = only;
    this.#manifest = manifest;
    this.#automatic = automatic;
  }

  /** Reads the manifest, where there is one. Errors: StartupError with all its faults. */
  static async open(settings: PersistedSettings, options: PersistedOptions): Promise<PersistedOperations> {
    const { only, manifest, automatic, memory_characters: memoryCharacters } = settings;
    const { redis, pollMs = 1_000, log } = options;
    const file = manifest === undefined ? undefined : await ManifestFile.open(manifest, { pollMs, log });
    if (only || !automatic) return new PersistedOperations(only, file, undefined);
    // Redis' library takes a while to load.
    const shared = redis && new (await import('./shared.ts')).SharedTexts(redis, log);
    return new PersistedOperations(only, file, new AutomaticOperations({ memoryCharacters, shared }));
  }

  /** Which text a request asks for; at once, but where it must be asked for at the Redis. Never rejects. */
  resolve({ query, operationId }: Asked): Resolved | PersistedRefusal | Promise<Resolved | PersistedRefusal> {
    if (query === undefined) {
      const found = this.#byId(operationId);
      return found instanceof Promise ? found.then((each) => this.#counted(each)) : this.#counted(found);
    }
    const manifest = this.#manifest?.current;
    if (this.#only && !manifest?.bodies.has(query)) return notInSafelist;
    return operationId === undefined ? resolved(query) : this.#checked(query, operationId);
  }

  /** Looks at the manifest no more. */
  async close(): Promise<void> {
    await this.#manifest?.close();
  }

  #byId(id: string): Resolved | PersistedRefusal | Promise<Resolved | PersistedRefusal> {
    const listed = this.#manifest?.current.texts.get(id);
    if (listed !== undefined) return resolved(listed);
    if (!this.#automatic) return this.#manifest ? notInList : notSupported;
    const found = this.#automatic.find(id);
    return typeof found === 'object' ? found.then(resolvedOrNotFound) : resolvedOrNotFound(found);
  }

  #counted(found: Resolved | PersistedRefusal): Resolved | PersistedRefusal {
    this.counts[found.kind === 'resolved' ? 'known' : 'unknown'] += 1;
    return found;
  }

  #checked(query: string, id: string): Resolved | PersistedRefusal {
    const automatic = this.#automatic;
    const manifest = this.#manifest?.current;
    if (!automatic && !manifest) return notSupported;
    if (manifest?.texts.get(id) === query || automatic?.has(id, query)) return resolved(query);
    if (!isHashOf(id, query)) return hashMismatch;
    return automatic ? { kind: 'resolved', query, remember: () => automatic.keep(id, query) } : resolved(query);
  }
}

function resolvedOrNotFound(query: string | undefined): Resolved | PersistedRefusal {
  return query === undefined ? notFound : resolved(query);
}

function resolved(query: string): Resolved {
  return { kind: 'resolved', query };
}
