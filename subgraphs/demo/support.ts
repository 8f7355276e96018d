import { blemishes } from './blemishes.ts';
import { day, hour, now } from './calendar.ts';
import type { Some } from './countries.ts';
import type { Customer } from './customers.ts';
import { type Random, randomFor } from './random.ts';

/** A customer's request to support. */
export interface Case {
  readonly id: string;
  readonly customer: string;
  readonly subject: string;
  readonly status: 'new' | 'open' | 'waiting' | 'resolved' | 'closed';
  readonly priority: 'urgent' | 'high' | 'normal' | 'low';
  readonly openedAt: number;
  readonly closedAt: number | null;
}

/** Something that staff wrote down about a customer. */
export interface Note {
  readonly id: string;
  readonly customer: string;
  readonly text: string;
  readonly author: { readonly login: string; readonly name: string };
  readonly writtenAt: number;
}

/** The cases of each customer, numbered in order of customer. */
export function* makeCases(customers: readonly Customer[]): Iterable<Case> {
  let number = 0;
  for (const customer of customers) {
    const random = randomFor('support', Number(customer.id));
    for (let left = howMany(customer, random); left > 0; left--) {
      number += 1;
      yield makeCase(`CS-${String(number).padStart(6, '0')}`, customer, random);
    }
  }
}

/** The notes about each customer, numbered in order of customer. */
export function* makeNotes(customers: readonly Customer[]): Iterable<Note> {
  let number = 0;
  for (const customer of customers) {
    const random = randomFor('support', -Number(customer.id));
    for (let left = howMany(customer, random); left > 0; left--) {
      number += 1;
      yield {
        id: `N-${String(number).padStart(6, '0')}`,
        customer: customer.id,
        text: random.pick(texts),
        author: random.pick(staff),
        writtenAt: momentOf(customer, random),
      };
    }
  }
}

/** More than one page for the whale. */
function howMany(customer: Customer, random: Random): number {
  if (customer.id === blemishes.whale.customer) return 45;
  return random.weighted([
    [0, 40],
    [1, 28],
    [2, 16],
    [3, 10],
    [6, 6],
  ]);
}

function makeCase(id: string, customer: Customer, random: Random): Case {
  const openedAt = momentOf(customer, random);
  const old = now - openedAt > 30 * day;
  const status = old
    ? random.weighted<Case['status']>([
        ['closed', 90],
        ['resolved', 8],
        ['waiting', 2],
      ])
    : random.weighted<Case['status']>([
        ['new', 25],
        ['open', 30],
        ['waiting', 20],
        ['resolved', 25],
      ]);
  const closedAt = status === 'closed' ? openedAt + random.int(2 * hour, 20 * day) : null;
  const priority = random.weighted<Case['priority']>([
    ['urgent', 4],
    ['high', 16],
    ['normal', 60],
    ['low', 20],
  ]);
  return { id, customer: customer.id, subject: random.pick(subjects), status, priority, openedAt, closedAt };
}

function momentOf(customer: Customer, random: Random): number {
  return random.int(Math.max(customer.createdAt, now - 1200 * day), now - hour);
}

const subjects = [
  'Where is my parcel?',
  'One leg of the table is missing',
  'Please send the invoice again',
  'Wrong colour delivered',
  'Address has changed',
  'Scratch on the lacquer',
  'Lampe flackert',
  'Délai de livraison trop long',
  'Devolución de una silla',
  '領収書をお願いします',
  'Question about the guarantee',
  'Charged twice',
] as const;

const texts = [
  'Prefers delivery on Saturdays.',
  'Asked for a quotation for twelve chairs.',
  'Neighbour takes parcels: bell 3, “Åström”.',
  'Pays late, but always pays.',
  'Rückruf vereinbart, Rechnung geprüft.',
  'Rappeler après le 15.',
  'Wants to be addressed in writing only.',
  'Interested in the oak series when it is back.',
] as const;

const staff: Some<Note['author']> = [
  { login: 'mhahn', name: 'Miriam Hahn' },
  { login: 'oyilmaz', name: 'Özge Yılmaz' },
  { login: 'pnowak', name: 'Piotr Nowak' },
  { login: 'cdupont', name: 'Céline Dupont' },
];
