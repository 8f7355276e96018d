import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, NetworkStatus } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { type ReactNode, useEffect, useState } from 'react';
import { DashboardDocument, type DashboardQuery } from './generated.ts';
import { Panel } from './panel.tsx';

/** A client that asks Junction at this URL (`https://…/graphql`) with the rights of the token's owner. */
export function createClient(url: string, token: string): ApolloClient {
  const link = new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } });
  return new ApolloClient({ link, cache: new InMemoryCache() });
}

/** Orders that wait, stock that runs low and invoices that are overdue, asked for anew every `pollMs` milliseconds. */
export function Dashboard({ pollMs = 5_000 }: { readonly pollMs?: number }): ReactNode {
  // 'all': what came is shown, and what did not come says why. 'no-cache': figures of two answers are never mixed.
  const options = { pollInterval: pollMs, errorPolicy: 'all', fetchPolicy: 'no-cache' } as const;
  const { data, error, networkStatus } = useQuery(DashboardDocument, options);
  const [last, setLast] = useState<Answer>();
  // Also when an answer says the same as the one before, so that its time is known.
  useEffect(() => {
    if (data && networkStatus !== NetworkStatus.poll) setLast({ data, error, readAt: new Date() });
  }, [data, error, networkStatus]);

  const { waiting, low, overdue } = last?.data ?? {};
  const fault = (...path: Path) => faultAt(last?.error, path);
  return (
    <main>
      <Freshness readAt={last?.readAt} fault={data ? undefined : error?.message} />
      <Panel
        title="Orders waiting"
        list={waiting}
        fault={fault('waiting')}
        columns={['Order', 'Status', 'Placed', 'Total', 'Customer']}
        rows={waiting?.nodes.map(({ number, status, placedAt, total, customer }, index) => {
          const name = customer?.name ?? <em>{fault('waiting', 'nodes', index, 'customer')}</em>;
          return [number, status, new Date(placedAt).toLocaleDateString(), money(total), name];
        })}
      />
      <Panel
        title="Below reorder point"
        list={low}
        fault={fault('low')}
        columns={['Product', 'Name', 'Available']}
        rows={low?.nodes.map(({ sku, name, available }) => [sku, name, available.toLocaleString()])}
      />
      <Panel
        title="Invoices overdue"
        list={overdue}
        fault={fault('overdue')}
        columns={['Invoice', 'Due', 'Amount']}
        rows={overdue?.nodes.map(({ number, dueOn, amountDue }) => [number, dueOn, money(amountDue)])}
      />
    </main>
  );
}

type Path = readonly (string | number)[];
type Money = NonNullable<DashboardQuery['waiting']>['nodes'][number]['total'];

/** Figures, what is missing among them, and how old they are. */
interface Answer {
  readonly data: DashboardQuery;
  readonly error: Error | undefined;
  readonly readAt: Date;
}

/** An old figure is never taken for a new one. */
function Freshness({ readAt, fault }: { readonly readAt: Date | undefined; readonly fault: string | undefined }) {
  const time = readAt ? `As of ${readAt.toLocaleTimeString()}` : 'Nothing is read yet';
  return fault ? <p role="alert">{`${time}. No newer figures: ${fault}`}</p> : <p role="status">{time}</p>;
}

/** Why there is nothing at this place of an answer; undefined where nothing went wrong. */
function faultAt(error: Error | undefined, path: Path): string | undefined {
  const faults = CombinedGraphQLErrors.is(error) ? error.errors : [];
  const fault = faults.find((each) => each.path?.join() === path.join());
  return fault?.extensions?.code === 'UNAUTHORIZED_FIELD_OR_TYPE' ? 'not allowed' : fault?.message;
}

/** In the reader's notation, exact: `Intl` takes the amount's text, no number is made of it. */
function money({ amount, currencyCode }: Money): string {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency: currencyCode }).format(amount);
}
