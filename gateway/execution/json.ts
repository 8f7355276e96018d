// What has to be escaped in a JSON string, and halves of surrogate pairs, which JSON.stringify writes as escapes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A string as JSON. Most need no escapes, and finding that out costs less than `JSON.stringify`. */
export function quote(text: string): string {
  return special.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** A JSON value as text. What JSON can't hold becomes `null`. */
export function jsonText(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  return JSON.stringify(value) ?? 'null';
}
