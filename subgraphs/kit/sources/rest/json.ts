/**
 * Reads JSON without losing digits: a number that JavaScript can't hold exactly becomes its text. Looking at every number's
 * source text makes parsing several times slower, so it is done only where a number of so many digits may be in the text.
 * Throws SyntaxError.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text, /[\d.]{16}/.test(text) ? (exact as (key: string, value: unknown) => unknown) : undefined);
}

/** The reviver of JSON.parse, with the source text that Node 24 passes for primitive values. */
function exact(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined || /e/i.test(source)) return value;
  const digits = source.replace(/^-?0*\.?0*|\D/g, '').length;
  return digits > 15 && !Number.isSafeInteger(value) ? source : value;
}
