import type { ClientRequest } from './workloads.ts';

const customerFields = [
  'email',
  'phone',
  'segment',
  'createdAt',
  'preferences { language }',
  'cases(first: 1) { subject }',
  'account { balance { amount } }',
];
const orderFields = [
  'number',
  'status',
  'placedAt',
  'total { amount currencyCode }',
  'paymentStatus',
  'invoices { number dueOn }',
  'lines { quantity product { name available } }',
  'shipments { status }',
];

/** One of 32,768 operations that differ in what they select, as those of many clients do: from one fetch to five. */
export function operation(i: number): ClientRequest {
  // An odd multiplier goes through all of them, in an order in which neighbours have little in common.
  const bits = Math.imul(i, 20_021) & 0x7fff;
  const chosen = (fields: readonly string[], shift: number) =>
    fields.filter((_, n) => (bits >> (shift + n)) & 1).join(' ');
  const orders = chosen(orderFields, customerFields.length);
  const below = orders === '' ? '' : ` orders(first: 2) { id ${orders} }`;
  const operationName = `Operation${i}`;
  const query = `query ${operationName}($id: ID!) { customer(id: $id) { id name ${chosen(customerFields, 0)}${below} } }`;
  return { query, operationName, variables: { id: String(1000 + (i % 512)) } };
}
