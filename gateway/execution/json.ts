import { type Utf8, utf8 } from './utf8.ts';

// What has to be escaped in a JSON string, and halves of surrogate pairs, which JSON.stringify writes as escapes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A string as JSON. Most need no escapes, and finding that out costs less than `JSON.stringify`. */
export function quote(text: string): string {
  return special.test(text) ? JSON.stringify(text) : `"${text}"`;
}

const specialOrWide = /[^ !#-[\]-\x7f]/;

/** The same in UTF-8. */
export function quoteUtf8(text: string): Utf8 {
  return specialOrWide.test(text) ? utf8(JSON.stringify(text)) : (`"${text}"` as Utf8);
}

/** A JSON value as text. What JSON can't hold becomes `null`. Errors: RangeError for one that is nested deeper than the stack. */
export function jsonText(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  return JSON.stringify(value) ?? 'null';
}

/** The value that a subgraph would read from the text, made of other objects. */
export function jsonCopy(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.parse(jsonText(value)) : value;
}
