import { money } from '../format/money.ts';
import { words } from '../format/words.ts';
import { Amount } from '../parts/amount.tsx';
import { Badge } from '../parts/badge.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import type { Invoice } from './fragments.ts';
import { OrderLink } from './links.tsx';
import { invoiceAnchor } from './paths.ts';

/** Invoices with what was paid on them; those that are overdue are marked. `withOrder`: where they are of several orders. */
export function InvoicesTable({ of, withOrder }: { readonly of: readonly Invoice[]; readonly withOrder: boolean }) {
  const order: Column<Invoice> = {
    name: 'Order',
    cell: ({ order, id }) =>
      order ? <OrderLink number={order.number} invoice={id} /> : <span class="nothing">–</span>,
  };
  return (
    <div class="invoices">
      <Table
        label="Invoices"
        rows={of}
        keyOf={({ id }) => id}
        columns={[
          {
            name: 'Invoice',
            cell: ({ id, number }) => (
              <span id={invoiceAnchor(id)} class="number anchor">
                {number}
              </span>
            ),
          },
          ...(withOrder ? [order] : []),
          { name: 'Issued', cell: ({ issuedOn }) => <When at={issuedOn} /> },
          { name: 'Due', cell: ({ dueOn }) => <When at={dueOn} /> },
          {
            name: 'Status',
            cell: ({ status, overdue }) => (
              <span class="badges">
                {overdue && <Badge value="OVERDUE" />}
                {!(overdue && status === 'OPEN') && <Badge value={status} />}
              </span>
            ),
          },
          { name: 'Payments', cell: (invoice) => <Payments of={invoice} /> },
          { name: 'Total', align: 'end', cell: ({ total }) => <Amount of={total} /> },
          {
            name: 'Still due',
            align: 'end',
            cell: ({ amountDue, overdue }) => (
              <span class={overdue ? 'tone-bad' : ''}>
                <Amount of={amountDue} />
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}

function Payments({ of: { payments, refunds, total } }: { readonly of: Invoice }) {
  if (payments.length + refunds.length === 0) return <span class="nothing">None</span>;
  return (
    <ul class="payments">
      {payments.map(({ id, method, paidAt, amount, reference }) => (
        <li key={id} title={reference ?? undefined}>
          {words(method)}, <When at={paidAt} />
          {/* What paid all of it at once needs no amount of its own. */}
          {money(amount) !== money(total) && (
            <>
              : <Amount of={amount} />
            </>
          )}
        </li>
      ))}
      {refunds.map(({ id, refundedAt, amount, reason }) => (
        <li key={id} title={reason ?? undefined}>
          Paid back, <When at={refundedAt} />: <Amount of={amount} />
        </li>
      ))}
    </ul>
  );
}
