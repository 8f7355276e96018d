import type { LimitSettings } from '../config-file.ts';
import { exceeded } from '../operations/limits/exceeded.ts';
import type { Refusal } from '../operations/refusal.ts';

const quote = 0x22;
const comma = 0x2c;
const bracket = 0x5b;
const backslash = 0x5c;
const brace = 0x7b;

/**
 * Whether a body has too many values, before it is parsed: lists, objects and what is in them. Reading JSON takes up to a hundred times as
 * long for what is many or nested as for text of the same length: a megabyte of brackets would hold everybody up for a tenth of a
 * second. Text that isn't JSON may pass.
 */
export function checkJsonValues(
  body: string,
  { input_values: maximum }: Pick<LimitSettings, 'input_values'>,
): Refusal | undefined {
  // Each takes a character at least: what is usually sent isn't looked at, and a long text not character by character.
  if (body.length <= maximum || !mayHaveMore(body, maximum)) return undefined;
  let values = 0;
  for (let i = 0; i < body.length; i++) {
    const character = body.charCodeAt(i);
    if (character === quote) i = endOfString(body, i + 1);
    else if (character === comma || character === bracket || character === brace) values += 1;
    if (values > maximum) {
      return exceeded(`The request's JSON has more than ${maximum} values`, 'input_values', maximum + 1, maximum);
    }
  }
  return undefined;
}

/** Whether it has so many of the characters that begin values, in strings too. */
function mayHaveMore(body: string, maximum: number): boolean {
  let found = 0;
  for (const character of ',[{') {
    for (let i = body.indexOf(character); i >= 0; i = body.indexOf(character, i + 1)) {
      found += 1;
      if (found > maximum) return true;
    }
  }
  return false;
}

/** Where the quote is that ends a string whose text begins there; the end of the body where none does. */
function endOfString(body: string, start: number): number {
  for (let i = start; i < body.length; i++) {
    const character = body.charCodeAt(i);
    if (character === backslash) i += 1;
    else if (character === quote) return i;
  }
  return body.length;
}
