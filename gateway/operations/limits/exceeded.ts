import type { LimitSettings } from '../../config-file.ts';
import type { Refusal } from '../refusal.ts';

/** A limit that is one number. */
export type LimitName = {
  [Name in keyof LimitSettings]: LimitSettings[Name] extends number ? Name : never;
}[keyof LimitSettings];

/**
 * What a client is told whose operation exceeds a limit. `what` goes before "; at most 20 are allowed". `value`: what
 * was found; where counting stopped early, the least that it is.
 */
export function exceeded(what: string, limit: LimitName, value: number, maximum: number): Refusal {
  return {
    message: `${what}; at most ${maximum} ${maximum === 1 ? 'is' : 'are'} allowed (limits.${limit}).`,
    extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit, value, maximum },
  };
}
