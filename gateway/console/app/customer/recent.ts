import { currentCaller } from '../session/session.ts';
import { keptLong } from '../storage.ts';

/** A customer who was looked at. */
export interface RecentCustomer {
  readonly id: string;
  readonly name: string;
}

const most = 8;

/** The customers whom this caller looked at last on this machine, the latest first. */
export function recentCustomers(): readonly RecentCustomer[] {
  try {
    const where = place();
    const kept: unknown = JSON.parse((where && keptLong.get(where)) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isRecent) : [];
  } catch {
    return [];
  }
}

/** Keeps that a customer was looked at: id and name, and nothing else of them. */
export function rememberCustomer({ id, name }: RecentCustomer): void {
  const others = recentCustomers().filter((each) => each.id !== id);
  store([{ id, name }, ...others].slice(0, most));
}

/** Forgets one, or all. */
export function forgetCustomers(id?: string): void {
  const rest = recentCustomers().filter((each) => id !== undefined && each.id !== id);
  store(rest);
}

function store(customers: readonly RecentCustomer[]): void {
  const where = place();
  if (where === undefined) return;
  if (customers.length > 0) keptLong.set(where, JSON.stringify(customers));
  else keptLong.remove(where);
}

/** Each caller has a list of their own: who may not see customers isn't shown whom somebody else looked at. Whose a token is, nobody knows here: none is kept. */
function place(): string | undefined {
  const caller = currentCaller();
  if (caller.kind === 'token') return undefined;
  const who = caller.kind === 'demo' ? caller.name : caller.kind === 'signed-in' ? caller.session.name : '';
  return `junction:recent:${caller.kind}:${who}`;
}

function isRecent(value: unknown): value is RecentCustomer {
  const { id, name } = (value ?? {}) as Partial<RecentCustomer>;
  return typeof id === 'string' && typeof name === 'string';
}
