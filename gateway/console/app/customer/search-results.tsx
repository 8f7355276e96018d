import type { RefObject } from 'preact';
import { Link } from 'wouter-preact';
import { country, number, words } from '../format/words.ts';
import { type Answer, type Gap, gapOfField } from '../graph/answer.ts';
import { Amount } from '../parts/amount.tsx';
import { Badge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { systemName } from '../parts/system-name.ts';
import { When } from '../parts/when.tsx';
import { CustomerLink, MailText } from './links.tsx';
import { customerPath, orderPath } from './paths.ts';
import type { FoundCustomer, FoundOrder, SearchData } from './search-query.ts';
import type { Way } from './search-terms.ts';

/** What a search found. */
export interface Found {
  readonly orders: readonly FoundOrder[];
  /** Each once, in whichever ways it was found. */
  readonly customers: readonly FoundCustomer[];
  /** How many customers there are in all, of whom the first are here. */
  readonly total: number;
  /** In which ways the caller may not look, or could not now. */
  readonly gaps: readonly { readonly way: Way; readonly gap: Gap }[];
}

/** Sorts out an answer. */
export function foundIn(answer: Answer<SearchData>): Found {
  const { customer, customerByEmail, customerByPhone, customerByNationalPhone, orderByNumber, customers } =
    answer.data ?? {};
  const single = [customer, customerByEmail, customerByPhone, customerByNationalPhone].filter((each) => each != null);
  const byId = new Map([...single, ...(customers?.nodes ?? [])].map((each) => [each.id, each]));
  const gaps = places.flatMap(({ fields, way }) => {
    const gap = gapOfField(answer, ...fields);
    return gap ? [{ way, gap }] : [];
  });
  return {
    orders: orderByNumber ? [orderByNumber] : [],
    customers: [...byId.values()],
    total: byId.size + Math.max(0, (customers?.totalCount ?? 0) - (customers?.nodes.length ?? 0)),
    gaps,
  };
}

const places = [
  { fields: ['customers'], way: 'name' },
  { fields: ['customerByEmail'], way: 'mail address' },
  { fields: ['customerByPhone', 'customerByNationalPhone'], way: 'telephone number' },
  { fields: ['customer'], way: 'customer number' },
  { fields: ['orderByNumber'], way: 'order number' },
] as const satisfies readonly { fields: readonly (keyof SearchData)[]; way: Way }[];

/** Where the only result leads; undefined where there are none, or several. */
export function onlyResult({ orders, customers, total }: Found): string | undefined {
  if (orders.length + total !== 1) return undefined;
  const [order] = orders;
  const [customer] = customers;
  return order ? orderPath(order.number) : customer && customerPath(customer.id);
}

interface SearchResultsProps {
  readonly found: Found;
  readonly text: string;
  readonly tried: readonly Way[];
  /** Whether others are on their way. */
  readonly stale: boolean;
  readonly retry: () => void;
  /** The list, for whoever moves the focus in it. */
  readonly list: RefObject<HTMLUListElement>;
}

/** What was found, and in which ways it was looked for. */
export function SearchResults({ found, text, tried, stale, retry, list }: SearchResultsProps) {
  const { orders, customers, total, gaps } = found;
  const nothing = orders.length + customers.length === 0;
  const refused = new Set(gaps.map(({ way }) => way));
  const done = tried.filter((way) => !refused.has(way));
  return (
    <div class={`results ${stale ? 'stale' : ''}`} aria-busy={stale}>
      <p class="soft">
        {done.length > 0 &&
          `Looked for “${text}” as ${joined(done.map((way) => `a${/^[aeio]/.test(way) ? 'n' : ''} ${way}`))}.`}
      </p>
      {nothing && done.length > 0 && <NothingFound tried={done} />}
      {!nothing && (
        <ul class="result-list" aria-label="Results" ref={list}>
          {orders.map((order) => (
            <OrderResult key={order.number} of={order} />
          ))}
          {customers.map((customer) => (
            <CustomerResult key={customer.id} of={customer} />
          ))}
        </ul>
      )}
      {total > customers.length && (
        <p class="soft">
          These are the first {number(customers.length)} of {number(total)} customers. Type more of the name.
        </p>
      )}
      {gaps.map(({ way, gap }) => (
        <SearchGap key={way} way={way} gap={gap} retry={retry} />
      ))}
    </div>
  );
}

/** What a screen reader is told of it. */
export function announcement({ orders, total, gaps }: Found): string {
  const parts = [
    ...(orders.length > 0 ? ['1 order'] : []),
    ...(total > 0 ? [total === 1 ? '1 customer' : `${number(total)} customers`] : []),
  ];
  const refused = gaps.length > 0 ? ` Not looked by ${joined(gaps.map(({ way }) => way))}.` : '';
  return `${parts.length > 0 ? `Found ${joined(parts)}.` : 'Nothing found.'}${refused}`;
}

/** A way in which it couldn't be looked for. */
function SearchGap({ way, gap, retry }: { readonly way: Way; readonly gap: Gap; readonly retry: () => void }) {
  const forbidden = gap.kind === 'forbidden';
  const system = systemName((!forbidden && gap.subgraph) || (way === 'order number' ? 'orders' : 'customers'));
  return (
    <div class={`note note-${gap.kind}`}>
      <Icon name={forbidden ? 'lock' : 'alert'} />
      <div>
        <strong>{forbidden ? `Looking by ${way} is not for you` : `Could not be looked for by ${way}`}</strong>
        {forbidden ? (
          <p>{gap.message}</p>
        ) : (
          <p>
            {system} {gap.kind === 'slow' ? 'did not answer in time' : 'can’t be reached or failed'}. It is asked again
            every few seconds.{' '}
            <button type="button" class="text-button" onClick={retry}>
              Try now
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

function NothingFound({ tried }: { readonly tried: readonly Way[] }) {
  return (
    <div class="failure failure-calm">
      <Icon name="search" />
      <h2>Nothing found</h2>
      <p class="soft">
        {tried.includes('name') && 'Fewer letters of the name find more. '}
        {tried.includes('mail address') && 'The mail address must be the one that the customer gave us. '}
        {tried.includes('telephone number') &&
          'With the country’s code, such as +49, numbers from abroad are found, too. '}
      </p>
    </div>
  );
}

function CustomerResult({ of: { id, name, segment, email, addresses } }: { readonly of: FoundCustomer }) {
  const [address] = addresses ?? [];
  return (
    <li>
      <Link href={customerPath(id)} class="result" data-result>
        <Icon name="customer" />
        <span class="result-name">
          <strong>
            <bdi>{name}</bdi>
          </strong>
          <span class="soft small">
            {address && `${address.city}, ${country(address.countryCode)}`}
            {address && email !== null && ' · '}
            {email !== null && <MailText address={email} />}
          </span>
        </span>
        <span class="result-end">
          {words(segment)}
          <span class="soft small number">{id}</span>
        </span>
      </Link>
    </li>
  );
}

function OrderResult({ of: { number: order, status, placedAt, total, customer } }: { readonly of: FoundOrder }) {
  return (
    <li>
      <Link href={orderPath(order)} class="result" data-result>
        <Icon name="order" />
        <span class="result-name">
          <strong>Order {order}</strong>
          <span class="soft small">
            placed <When at={placedAt} />
          </span>
        </span>
        <span class="result-end">
          <Amount of={total} />
          <Badge value={status} />
        </span>
      </Link>
      {customer && (
        <p class="result-also">
          Ordered by{' '}
          <CustomerLink id={customer.id}>
            <bdi>{customer.name}</bdi>
          </CustomerLink>
        </p>
      )}
    </li>
  );
}

const lists = new Intl.ListFormat('en', { type: 'conjunction' });

/** `a, b, and c`. */
function joined(items: readonly string[]): string {
  return lists.format(items);
}
