import { parseArgs } from 'node:util';
import type { Answer, Figures, Found, List, Profile } from './agent-answer.ts';
import { aligned, pageOf } from './agent-page.ts';

const help = `Shows a customer on one page: node test/clients/agent.ts --find "+49 30 901820" | MAIL | ORDER NUMBER | NAME
JUNCTION_URL is where Junction is (http://127.0.0.1:4000), JUNCTION_TOKEN says who asks; without one it is the demo caller "agent".`;

const fragments = `fragment Profile on Customer {
  id name email phone segment preferences { contactChannel language }
  cases(filter: { status: [NEW, OPEN, WAITING] }, first: 5) { totalCount nodes { subject status priority openedAt } }
}
fragment Figures on Customer {
  account { balance { amount currencyCode } overdue { amount currencyCode } }
  orders(first: 5) { totalCount nodes { number status placedAt paymentStatus total { amount currencyCode }
    shipments { status carrier trackingNumber } } }
}`;
const customerBy = (field: string) => `{ found: ${field} { ...Profile ...Figures } } ${fragments}`;
/** Apart from each other, what the shop and the ERP say stands while the CRM is down. */
const orderBy = `{ found: orderByNumber(number: $find) { number profile: customer { ...Profile } figures: customer { ...Figures } } } ${fragments}`;
const namedLike =
  '{ found: customers(filter: { search: $find }, first: 10) { totalCount nodes { id name email segment } } }';

/** Says why there is no page. */
class NoPage extends Error {}

async function findCustomer(text: string): Promise<Answer<Found>> {
  if (text.includes('@')) return both(await ask(customerBy('customerByEmail(email: $find)'), text), text);
  if (/^(\+|00)[\d\s()/.-]+$/.test(text))
    return both(await ask(customerBy('customerByPhone(phone: $find)'), text), text);
  const order = /\d/.test(text) ? await ask<Found>(orderBy, text) : undefined;
  if (order?.found) return order;
  if (order?.faults.length) throw nobody(order.faults, text);
  const { found, faults } = await ask<List<Profile>>(namedLike, text);
  const [first] = found?.nodes ?? [];
  if (!found || !first) throw nobody(faults, text);
  if (found.totalCount === 1) return both(await ask(customerBy('customer(id: $find)'), first.id, 'ID'), text);
  const names = found.nodes.map(({ name, email, segment }) => [name, email ?? '', segment]);
  throw new NoPage(
    [`${found.totalCount} customers match; look by mail or order number:`, ...aligned(names)].join('\n'),
  );
}

function both({ found, faults }: Answer<Profile & Figures>, text: string): Answer<Found> {
  if (!found) throw nobody(faults, text);
  return { found: { profile: found, figures: found }, faults };
}

/** That nobody is there is only said where nothing went wrong. */
function nobody([fault]: Answer<unknown>['faults'], text: string): NoPage {
  return new NoPage(fault?.message ?? `Nobody is found by "${text}".`);
}

async function ask<T>(selection: string, find: string, type = 'String'): Promise<Answer<T>> {
  const { JUNCTION_URL: url = 'http://127.0.0.1:4000', JUNCTION_TOKEN } = process.env;
  const send = (path: string, init = {}) =>
    fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(15_000) }).catch(({ message, cause }) => {
      throw new NoPage(`Junction does not answer at ${url}: ${cause?.code ?? message}.`);
    });
  const token = JUNCTION_TOKEN ?? (await (await send('/demo/agent')).text());
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const body = JSON.stringify({ query: `query Agent($find: ${type}!) ${selection}`, variables: { find } });
  const response = await send('/graphql', { method: 'POST', headers, body });
  const { data, errors: faults = [] } = await response
    .json()
    .catch(() => ({ errors: [{ message: `HTTP ${response.status}` }] }));
  if (!data) throw new NoPage(`Junction refuses: ${faults[0]?.message}`);
  return { found: data.found, faults };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { find: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help || !values.find) return console.log(help);
  const lines = await findCustomer(values.find.trim()).then(pageOf);
  console.log(lines.join('\n'));
}

await main().catch((error) => {
  if (!(error instanceof NoPage)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
