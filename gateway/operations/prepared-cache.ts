import { LRUCache } from 'lru-cache';
import type { CompiledOperation } from '../execution/compile.ts';
import type { Reading } from './planner.ts';
import type { Prepared } from './prepared.ts';
import type { Refusal } from './refusal.ts';
import type { Denied } from './rule.ts';

/** A text that was used, and how often. */
export interface UsedText {
  readonly query: string;
  readonly operationName: string | undefined;
  /** Which rules fail for whoever used it. */
  readonly denied: Denied;
  readonly hits: number;
}

type Ready = Extract<Prepared, { kind: 'ready' }>;
type Read = Extract<Reading, { kind: 'read' }>;
type Refused = Extract<Prepared, { kind: 'refused' }>;

interface KeptText {
  readonly prepared: Ready;
  readonly program: KeptProgram;
  /** Who brought it, where somebody is known to have. */
  readonly who: string | undefined;
  hits: number;
  /** Its hits when it was last spared. */
  spared: number;
}

/** What somebody brought that is kept. */
interface Share {
  /** Keys of texts, those first that are to go first. */
  readonly keys: Set<string>;
  bytes: number;
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
/** How much of the whole refusals may take, and as much what was only read: they must not push out what is in use. */
const refusedShare = 1 / 8;

/** How much of the programs and texts one caller may bring before what they bring pushes out their own first. */
const callerShare = 1 / 2;

/**
 * What became of the texts that were last used, bounded in bytes. A text that was seen before takes one look-up. Texts that differ
 * in literals alone share a program, which is kept as long as one of them. Whoever brings more than half of all pushes out what they have
 * brought themselves: one caller with texts without end must not make others prepare theirs over and over.
 */
export class PreparedCache {
  readonly #maxBytes: number;
  readonly #texts: LRUCache<string, KeptText>;
  /** By keys of texts and by ids of programs. */
  readonly #refused: LRUCache<string, Refused>;
  /** Texts that were read and aren't planned, mostly as they cost too much. */
  readonly #readings: LRUCache<string, Read>;
  readonly #programs = new Map<
    string,
    { readonly program: KeptProgram; readonly who: string | undefined; texts: number }
  >();
  readonly #shares = new Map<string, Share>();
  #programBytes = 0;

  constructor(maxBytes: number) {
    const refusedBytes = Math.ceil(maxBytes * refusedShare);
    this.#maxBytes = maxBytes - 2 * refusedBytes;
    this.#readings = new LRUCache({
      maxSize: refusedBytes,
      sizeCalculation: (reading, key) => entryBytes + bytesOf(key) + bytesOf(JSON.stringify(reading)),
    });
    this.#texts = new LRUCache({
      // It never comes to that: what goes is chosen here.
      maxSize: 2 * this.#maxBytes,
      maxEntrySize: this.#maxBytes,
      sizeCalculation: ({ prepared }, key) => sizeOf(key, prepared),
      dispose: ({ program, prepared, who }, key) => {
        this.#charge(who, -sizeOf(key, prepared), key);
        this.#release(program);
      },
    });
    this.#refused = new LRUCache({
      maxSize: refusedBytes,
      sizeCalculation: ({ errors }, key) => entryBytes + bytesOf(key) + bytesOf(JSON.stringify(errors)),
    });
  }

  /** What all of it takes, in bytes: an estimate. */
  get bytes(): number {
    const { calculatedSize: texts } = this.#texts;
    return texts + this.#programBytes + this.#refused.calculatedSize + this.#readings.calculatedSize;
  }

  /** How many texts are kept that have a program. */
  get entries(): number {
    return this.#texts.size;
  }

  /** What became of a text. Counts as a use of it. */
  get(key: string): Ready | Refused | undefined {
    const kept = this.#texts.get(key);
    if (kept === undefined) return this.#refused.get(key);
    kept.hits += 1;
    return kept.prepared;
  }

  /** What a text is that was read. */
  reading(key: string): Read | undefined {
    return this.#readings.get(key);
  }

  forgetReading(key: string): void {
    this.#readings.delete(key);
  }

  /** Keeps what a text is, until it is prepared. */
  keepReading(key: string, reading: Read): Read {
    this.#readings.set(key, reading);
    return reading;
  }

  /** The program that texts of this id have. */
  program(id: string): KeptProgram | undefined {
    return this.#programs.get(id)?.program;
  }

  /** Why programs of this id are refused. */
  refusal(id: string): Refused | undefined {
    return this.#refused.get(id);
  }

  /** Keeps a text's program, which others may have too. `hits` is how often it was used before, `who` brought it. */
  keep(key: string, program: KeptProgram, literals: Ready['literals'], hits = 0, who?: string): Ready {
    this.#readings.delete(key);
    const known = this.#programs.get(program.id);
    // Two processes may have planned it at the same time: what counts once is there once.
    const { operation } = known?.program ?? program;
    const prepared: Ready = { kind: 'ready', operation, literals, planned: known === undefined };
    if (program.bytes > this.#maxBytes) return prepared;
    if (known) known.texts += 1;
    else {
      this.#programs.set(program.id, { program, who, texts: 1 });
      this.#programBytes += program.bytes;
      this.#charge(who, program.bytes);
    }
    const used = hits + 1;
    this.#texts.set(key, { prepared, program: known?.program ?? program, who, hits: used, spared: used });
    // A text that has no place is refused by the library without a word.
    if (this.#texts.has(key)) this.#charge(who, sizeOf(key, prepared), key);
    else this.#release(program);
    while (this.#texts.calculatedSize + this.#programBytes > this.#maxBytes && this.#texts.size > 0)
      this.#makeRoom(who);
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

  #makeRoom(who: string | undefined): void {
    const share = who === undefined ? undefined : this.#shares.get(who);
    if (!share || share.bytes <= this.#maxBytes * callerShare) return void this.#texts.pop();
    for (const key of share.keys) {
      const kept = this.#texts.peek(key);
      if (!kept || kept.hits === kept.spared) return void this.#texts.delete(key);
      // It was used since: it goes behind the others.
      kept.spared = kept.hits;
      share.keys.delete(key);
      share.keys.add(key);
    }
    this.#texts.pop();
  }

  /** Counts what somebody brought, or, below zero, what is gone of it. */
  #charge(who: string | undefined, bytes: number, key?: string): void {
    if (who === undefined) return;
    const share = this.#shares.get(who) ?? { keys: new Set(), bytes: 0 };
    share.bytes += bytes;
    if (key !== undefined && bytes > 0) share.keys.add(key);
    else if (key !== undefined) share.keys.delete(key);
    if (share.bytes > 0) this.#shares.set(who, share);
    else this.#shares.delete(who);
  }

  #release({ id }: KeptProgram): void {
    const kept = this.#programs.get(id);
    if (!kept) return;
    kept.texts -= 1;
    if (kept.texts > 0) return;
    this.#programs.delete(id);
    this.#programBytes -= kept.program.bytes;
    this.#charge(kept.who, -kept.program.bytes);
  }
}

/** A program with what it takes: the size of its JSON tells. */
export function keptProgram(id: string, operation: CompiledOperation, json: string): KeptProgram {
  return { id, operation, bytes: entryBytes + bytesPerCharacter * json.length };
}

/** One string for all, so that each text takes one look-up. It begins with the length of the name, so that it means one thing. */
export function keyOf(query: string, operationName: string | undefined, denied: Denied): string {
  return operationName === undefined
    ? `${denied}::${query}`
    : `${denied}:${operationName.length}:${operationName}${query}`;
}

function textOf(key: string): Omit<UsedText, 'hits'> {
  const colon = key.indexOf(':');
  const second = key.indexOf(':', colon + 1);
  const denied = key.slice(0, colon);
  if (second === colon + 1) return { query: key.slice(second + 1), operationName: undefined, denied };
  const end = second + 1 + Number(key.slice(colon + 1, second));
  return { query: key.slice(end), operationName: key.slice(second + 1, end), denied };
}

function sizeOf(key: string, { literals }: Ready): number {
  return entryBytes + bytesOf(key) + bytesOf(JSON.stringify(literals));
}

/** At most two bytes a character. */
function bytesOf(text: string): number {
  return 2 * text.length;
}
