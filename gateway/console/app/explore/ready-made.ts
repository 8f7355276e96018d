import type { Shared } from './shared.ts';

const texts = import.meta.glob<string>('../../queries/*.graphql', { query: '?raw', import: 'default', eager: true });

/** Each with variables that fit the demo data, in the order of their tabs. */
const variables = {
  'customer-view': { id: '10001' },
  'order-view': { number: 'W100018870' },
  'customer-search': { name: 'Anna', withAccount: true },
  'below-reorder-point': { first: 20 },
  'overdue-invoices': { first: 20 },
  'waiting-orders': { sku: 'CHR-0217' },
} as const;

/** A query that comes with Junction. */
export interface ReadyMade extends Shared {
  readonly name: string;
  /** What it is for: the comment on its top. */
  readonly purpose: string;
}

/** The queries of `gateway/console/queries`. */
export const readyMade: readonly ReadyMade[] = Object.entries(variables).map(([file, values]) => {
  const query = texts[`../../queries/${file}.graphql`] ?? '';
  const [, purpose = ''] = /^# (.*)/.exec(query) ?? [];
  const [, name = file] = /^query (\w+)/m.exec(query) ?? [];
  return { name, purpose, query, variables: JSON.stringify(values, null, 2), operationName: name };
});
