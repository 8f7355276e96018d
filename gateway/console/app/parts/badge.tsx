import { words } from '../format/words.ts';

type Tone = 'good' | 'busy' | 'bad' | 'calm';

/** Which statuses are what, of all enums of the contracts. */
const tones: Readonly<Record<string, Tone>> = {
  ...tone('good', 'COMPLETED', 'FULFILLED', 'PAID', 'DELIVERED', 'RESOLVED', 'ACTIVE', 'up', 'current'),
  ...tone(
    'busy',
    'PENDING',
    'PROCESSING',
    'PARTIALLY_FULFILLED',
    'PARTIALLY_PAID',
    'IN_TRANSIT',
    'READY',
    'NEW',
    'OPEN',
    'WAITING',
    'HIGH',
    'PHASING_OUT',
  ),
  ...tone(
    'bad',
    'ON_HOLD',
    'CANCELED',
    'RETURNED',
    'URGENT',
    'OVERDUE',
    'BELOW_REORDER_POINT',
    'UNKNOWN',
    'down',
    'outdated',
  ),
};

function tone(kind: Tone, ...values: readonly string[]): Record<string, Tone> {
  return Object.fromEntries(values.map((value) => [value, kind]));
}

/** A status as a word with a colour. The colour adds nothing to the word. */
export function Badge({ value, label = words(value) }: { readonly value: string; readonly label?: string }) {
  return <span class={`badge badge-${tones[value] ?? 'calm'}`}>{label}</span>;
}
