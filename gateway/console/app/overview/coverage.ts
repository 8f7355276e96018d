import { day } from '../format/times.ts';
import type { Range } from './ranges.ts';

/** So much of the time before may lie before the oldest order. Were it more, what has grown would be the records. */
const mostMissing = 1 / 20;

/**
 * When orders begin, where that is too late to compare a range with the time before; undefined where they cover it, or nobody knows.
 *
 * @param oldest when the oldest order was placed, as the graph has it
 */
export function beganTooLate({ from, earlier }: Range, oldest: string | undefined): Date | undefined {
  const start = earlier[0]?.from;
  if (oldest === undefined || start === undefined) return undefined;
  const began = new Date(oldest);
  const missing = began.getTime() - start.getTime();
  return missing > (from.getTime() - start.getTime()) * mostMissing ? began : undefined;
}

/** Why a range isn't compared, to end or to be a sentence. */
export function beganWords(began: Date): string {
  return `the oldest order is from ${day(began.toISOString())}`;
}
