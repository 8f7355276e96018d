import type { LimitSettings } from '../../config-file.ts';
import type { Refusal } from '../refusal.ts';
import { exceeded } from './exceeded.ts';

/** Whether a text is too long to be looked at. It is all that the serving process checks: nothing is parsed for it. */
export function checkText(
  query: string,
  { operation_characters: maximum }: Pick<LimitSettings, 'operation_characters'>,
): Refusal | undefined {
  const { length } = query;
  if (length <= maximum) return undefined;
  return exceeded(`The operation's text has ${length} characters`, 'operation_characters', length, maximum);
}
