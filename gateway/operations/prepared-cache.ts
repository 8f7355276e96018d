import { LRUCache } from 'lru-cache';
import type { CompiledOperation } from '../execution/compile.ts';
import type { Prepared } from './prepared.ts';
import type { Refusal } from './refusal.ts';

/** A text that was used, and how often. */
export interface UsedText {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly hits: number;
}

type Ready = Extract<Prepared, { kind: 'ready' }>;
type Refused = Extract<Prepared, { kind: 'refused' }>;

interface KeptText {
  readonly prepared: Ready;
  readonly program: KeptProgram;
  hits: number;
}

/** A compiled program. It counts once, however many texts share it. */
export interface KeptProgram {
  /** As of `Reading`. */
  readonly id: string;
  readonly operation: CompiledOperation;
  /** What it takes, in bytes: an estimate. */
  readonly bytes: number;
}

/** What an entry takes beside its strings. */
const entryBytes = 500;
/** How much a compiled program takes for each character of its JSON, once it has run: 13, measured over 2,000 different ones. */
const bytesPerCharacter = 14;
/** All of the texts can be a hundred thousand, which take a tenth of a second to sort. What is used most was used lately. */
const usedLast = 1_000;
/** How much of the whole refusals may take: they must not push out what is in use. */
const refusedShare = 1 / 8;

/**
 * What became of the texts that were last used, bounded in bytes. A text that was seen before takes one look-up. Texts that differ
 * in literals alone share a program, which is kept as long as one of them.
 */
export class PreparedCache {
  readonly #maxBytes: number;
  readonly #texts: LRUCache<string, KeptText>;
  /** By keys of texts and by ids of programs. */
  readonly #refused: LRUCache<string, Refused>;
  readonly #programs = new Map<string, { readonly program: KeptProgram; texts: number }>();
  #programBytes = 0;

  constructor(maxBytes: number) {
    const refusedBytes = Math.ceil(maxBytes * refusedShare);
    this.#maxBytes = maxBytes - refusedBytes;
    this.#texts = new LRUCache({
      maxSize: this.#maxBytes,
      sizeCalculation: ({ prepared }, key) => entryBytes + bytesOf(key) + bytesOf(JSON.stringify(prepared.literals)),
      dispose: ({ program }) => this.#release(program),
    });
    this.#refused = new LRUCache({
      maxSize: refusedBytes,
      sizeCalculation: ({ errors }, key) => entryBytes + bytesOf(key) + bytesOf(JSON.stringify(errors)),
    });
  }

  /** What all of it takes, in bytes: an estimate. */
  get bytes(): number {
    return this.#texts.calculatedSize + this.#programBytes + this.#refused.calculatedSize;
  }

  /** What became of a text. Counts as a use of it. */
  get(key: string): Ready | Refused | undefined {
    const kept = this.#texts.get(key);
    if (kept === undefined) return this.#refused.get(key);
    kept.hits += 1;
    return kept.prepared;
  }

  /** The program that texts of this id have. */
  program(id: string): KeptProgram | undefined {
    return this.#programs.get(id)?.program;
  }

  /** Why programs of this id are refused. */
  refusal(id: string): Refused | undefined {
    return this.#refused.get(id);
  }

  /** Keeps a text's program, which others may have too. `hits` is how often it was used before. */
  keep(key: string, program: KeptProgram, literals: Ready['literals'], hits = 0): Ready {
    const known = this.#programs.get(program.id);
    // Two processes may have planned it at the same time: what counts once is there once.
    const { operation } = known?.program ?? program;
    const prepared: Ready = { kind: 'ready', operation, literals };
    if (program.bytes > this.#maxBytes) return prepared;
    if (known) known.texts += 1;
    else {
      this.#programs.set(program.id, { program, texts: 1 });
      this.#programBytes += program.bytes;
    }
    this.#texts.set(key, { prepared, program: known?.program ?? program, hits: hits + 1 });
    // A text that has no place is refused by the library without a word.
    if (!this.#texts.has(key)) this.#release(program);
    while (this.#texts.calculatedSize + this.#programBytes > this.#maxBytes && this.#texts.size > 0) this.#texts.pop();
    return prepared;
  }

  /** Keeps why a text is refused, or a program by its id; for some time, where it may be otherwise then. */
  refuse(key: string, errors: readonly Refusal[], forMs?: number): Refused {
    const refused: Refused = { kind: 'refused', errors };
    this.#refused.set(key, refused, forMs === undefined ? {} : { ttl: forMs });
    return refused;
  }

  /** The texts that were used most among those that were used last, the first of all first. */
  mostUsed(count: number): UsedText[] {
    const last: [string, KeptText][] = [];
    for (const entry of this.#texts.entries()) if (last.push(entry) === usedLast) break;
    const texts = last.sort(([, a], [, b]) => b.hits - a.hits).slice(0, count);
    return texts.map(([key, { hits }]) => ({ ...textOf(key), hits }));
  }

  #release({ id }: KeptProgram): void {
    const kept = this.#programs.get(id);
    if (!kept) return;
    kept.texts -= 1;
    if (kept.texts > 0) return;
    this.#programs.delete(id);
    this.#programBytes -= kept.program.bytes;
  }
}

/** A program with what it takes: the size of its JSON tells. */
export function keptProgram(id: string, operation: CompiledOperation, json: string): KeptProgram {
  return { id, operation, bytes: entryBytes + bytesPerCharacter * json.length };
}

/** One string for both, so that each text takes one look-up. It begins with the length of the name, so that it means one thing. */
export function keyOf(query: string, operationName: string | undefined): string {
  return operationName === undefined ? `:${query}` : `${operationName.length}:${operationName}${query}`;
}

function textOf(key: string): Omit<UsedText, 'hits'> {
  const colon = key.indexOf(':');
  if (colon === 0) return { query: key.slice(1), operationName: undefined };
  const end = colon + 1 + Number(key.slice(0, colon));
  return { query: key.slice(end), operationName: key.slice(colon + 1, end) };
}

/** At most two bytes a character. */
function bytesOf(text: string): number {
  return 2 * text.length;
}
