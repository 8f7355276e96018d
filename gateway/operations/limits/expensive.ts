import type { Refusal } from '../refusal.ts';
import { exceeded } from './exceeded.ts';

/** Why an operation is refused that costs more than it may: both are sums as `cost/expression.ts` tells. */
export function tooExpensive({
  estimated,
  maximum,
}: {
  readonly estimated: number;
  readonly maximum: number;
}): Refusal {
  return exceeded(`The operation is estimated to cost ${estimated}`, 'cost', estimated, maximum);
}
