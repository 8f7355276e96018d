import type { Utf8 } from '../utf8.ts';

/** A place in a JSON text of UTF-8 bytes, that moves on as the text is read. */
export class Cursor {
  readonly bytes: Buffer;
  readonly #view: DataView;
  readonly #text: Utf8;
  at = 0;
  /** Whether the string that was scanned last has an escape. */
  isEscaped = false;
  /** All bytes of that string, one bit-or. */
  bits = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = bytes.toString('latin1') as Utf8;
  }

  /** The text from a place up to here. */
  since(start: number): Utf8 {
    return this.#text.slice(start, this.at) as Utf8;
  }

  /** The value of the string from a place up to here, which was scanned last. */
  stringSince(start: number): string {
    if (this.isEscaped) return JSON.parse(this.bytes.toString('utf8', start, this.at));
    if (this.bits < 0x80) return this.#text.slice(start + 1, this.at - 1);
    return this.bytes.toString('utf8', start + 1, this.at - 1);
  }

  /** Moves on over an expected text, if it is there. */
  takes({ words, rest }: Expected): boolean {
    let { at } = this;
    const { bytes } = this;
    if (at + words.length * 4 > bytes.length) return false;
    for (let i = 0; i < words.length; i++, at += 4) if (this.#view.getInt32(at, true) !== words[i]) return false;
    for (let i = 0; i < rest.length; i++, at++) if (bytes[at] !== rest[i]) return false;
    this.at = at;
    return true;
  }

  /** Moves on over one byte, if it is there. */
  takesByte(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }
}

/** A text to compare with: four bytes at a time, then the rest. */
export interface Expected {
  readonly words: Int32Array;
  readonly rest: Uint8Array;
}

export function expected(text: string): Expected {
  const bytes = Buffer.from(text);
  const whole = bytes.length - (bytes.length % 4);
  const words = Int32Array.from({ length: whole / 4 }, (_, i) => bytes.readInt32LE(i * 4));
  return { words, rest: Uint8Array.from(bytes.subarray(whole)) };
}

/** Moves a cursor on over a value that is as it should be; otherwise tells so, and the cursor may stand anywhere. */
export type Scan = (cursor: Cursor) => boolean;

export const byte = {
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  zero: 0x30,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  f: 0x66,
  n: 0x6e,
  t: 0x74,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

const [nullText, trueText, falseText] = ['null', 'true', 'false'].map(expected) as [Expected, Expected, Expected];

export const scanNull: Scan = (cursor) => cursor.takes(nullText);

export const scanBoolean: Scan = (cursor) => cursor.takes(trueText) || cursor.takes(falseText);

/** A string: RFC 8259, section 7. */
export const scanString: Scan = (cursor) => {
  const { bytes } = cursor;
  if (bytes[cursor.at] !== byte.quote) return false;
  let bits = 0;
  cursor.isEscaped = false;
  for (let at = cursor.at + 1; ; at++) {
    const code = bytes[at] as number;
    if (code === byte.quote) {
      cursor.at = at + 1;
      cursor.bits = bits;
      return true;
    }
    // The text's end is undefined, which isn't above anything either.
    if (!(code >= 0x20)) return false;
    bits |= code;
    if (code === byte.backslash) {
      cursor.isEscaped = true;
      at += 1;
      if (bytes[at] === 0x75) {
        for (const end = at + 4; at < end; ) if (!isHex(bytes[++at])) return false;
      } else if (!escapes.has(bytes[at])) return false;
    }
  }
};

/** `"\/bfnrt` */
const escapes: ReadonlySet<number | undefined> = new Set(Buffer.from('"\\/bfnrt'));

function isHex(code: number | undefined): boolean {
  return code !== undefined && /[0-9a-f]/i.test(String.fromCharCode(code));
}

/** An integer of 32 bits, as JSON writers write it. */
export const scanInt: Scan = (cursor) => {
  const { bytes, at: start } = cursor;
  const first = start + (bytes[start] === byte.minus ? 1 : 0);
  let at = first;
  let value = 0;
  for (; isDigit(bytes[at]) && at - first < 11; at++) value = value * 10 + (bytes[at] as number) - byte.zero;
  // Nothing, a leading zero or minus zero.
  if (at === first || (bytes[first] === byte.zero && (at - first > 1 || first > start))) return false;
  cursor.at = at;
  // A fraction or an exponent follows: another form of an integer, perhaps.
  return value <= (first > start ? 0x80000000 : 0x7fffffff) && !isNumberPart(bytes[at]);
};

/** A number (RFC 8259, section 6) that is finite for sure, as it has few digits and no long exponent. */
export const scanNumber: Scan = (cursor) => {
  const { bytes } = cursor;
  let { at } = cursor;
  const start = at;
  if (bytes[at] === byte.minus) at += 1;
  const first = at;
  while (isDigit(bytes[at])) at += 1;
  if (at === first || (bytes[first] === byte.zero && at > first + 1)) return false;
  if (bytes[at] === 0x2e) {
    const fraction = ++at;
    while (isDigit(bytes[at])) at += 1;
    if (at === fraction) return false;
  }
  cursor.at = at;
  return at - start <= 32 && !isNumberPart(bytes[at]);
};

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= 0x30 && code <= 0x39;
}

/** `.`, `e` or `E`. */
function isNumberPart(code: number | undefined): boolean {
  return code === 0x2e || code === 0x65 || code === 0x45;
}

/** Any JSON without white space, of not more than so many levels. */
export function scanJson(cursor: Cursor, levels = 32): boolean {
  switch (cursor.bytes[cursor.at]) {
    case byte.quote:
      return scanString(cursor);
    case byte.n:
      return scanNull(cursor);
    case byte.t:
    case byte.f:
      return scanBoolean(cursor);
    case byte.openBracket:
      return levels > 0 && scanItems(cursor, (each) => scanJson(each, levels - 1));
    case byte.openBrace: {
      if (levels === 0) return false;
      cursor.at += 1;
      if (cursor.takesByte(byte.closeBrace)) return true;
      do {
        if (!scanString(cursor) || !cursor.takesByte(0x3a) || !scanJson(cursor, levels - 1)) return false;
      } while (cursor.takesByte(byte.comma));
      return cursor.takesByte(byte.closeBrace);
    }
    default:
      return scanNumber(cursor);
  }
}

/** A list. */
export function scanItems(cursor: Cursor, scan: Scan): boolean {
  if (!cursor.takesByte(byte.openBracket)) return false;
  if (cursor.takesByte(byte.closeBracket)) return true;
  do {
    if (!scan(cursor)) return false;
  } while (cursor.takesByte(byte.comma));
  return cursor.takesByte(byte.closeBracket);
}
