import { isZero, type Money, money, sums } from '../format/money.ts';
import { number } from '../format/words.ts';
import { type Answer, gapOfField } from '../graph/answer.ts';
import { Amount } from '../parts/amount.tsx';
import { Empty } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import type { Account, Customer } from './customer-query.ts';

interface AccountPanelProps {
  readonly customer: Customer | undefined;
  readonly answer: Answer<unknown> | undefined;
}

/** What a customer owes, what of it is late, and how much more they may owe. */
export function AccountPanel({ customer, answer }: AccountPanelProps) {
  const gap = customer?.account === null && answer ? gapOfField(answer, 'customer.account') : undefined;
  return (
    <Panel title="Account" subgraph="finance" answer={answer} gap={gap} rows={5} class="third">
      {customer?.account && <Balance of={customer.account} />}
      {customer?.account === null && !gap && <Empty>The ledger keeps no account of this customer.</Empty>}
      {customer?.invoices && customer.account && <OtherCurrencies customer={customer} account={customer.account} />}
    </Panel>
  );
}

function Balance({ of: { id, balance, overdue, creditLimit } }: { readonly of: Account }) {
  const late = !isZero(overdue);
  return (
    <>
      <dl class="balance">
        <div class="balance-main">
          <dt>Owed now</dt>
          <dd>
            <Amount of={balance} />
          </dd>
        </div>
        <div class={late ? 'tone-bad' : ''}>
          <dt>Of it overdue</dt>
          <dd>{late ? <Amount of={overdue} /> : 'Nothing'}</dd>
        </div>
      </dl>
      {creditLimit ? (
        <CreditLimit balance={balance} limit={creditLimit} />
      ) : (
        <p class="soft">There is no credit limit.</p>
      )}
      <p class="soft small">
        Account <span class="number">{id}</span>
      </p>
    </>
  );
}

/** How much of the limit is used: only to look at, so numbers of limited precision do. */
function CreditLimit({ balance, limit }: { readonly balance: Money; readonly limit: Money }) {
  const comparable = balance.currencyCode === limit.currencyCode && Number(limit.amount) > 0;
  const share = comparable ? Math.max(0, Number(balance.amount) / Number(limit.amount)) : undefined;
  const percent = share === undefined ? 0 : Math.round(share * 100);
  return (
    <div class="credit">
      <div class="credit-words">
        <span>
          Credit limit <Amount of={limit} />
        </span>
        {share !== undefined && (
          <span class={percent > 100 ? 'tone-bad' : ''}>
            {number(percent)} % used{percent > 100 && ', over the limit'}
          </span>
        )}
      </div>
      {share !== undefined && (
        <meter
          aria-label="Credit limit used"
          min={0}
          max={100}
          low={80}
          high={99}
          optimum={0}
          value={Math.min(100, percent)}
          aria-valuetext={`${percent} % of ${money(limit)}`}
        />
      )}
    </div>
  );
}

/** What is still due on the invoices on this page in currencies that the account isn't kept in: never added to it. */
function OtherCurrencies({ customer, account }: { readonly customer: Customer; readonly account: Account }) {
  const due = (customer.invoices?.nodes ?? []).map(({ amountDue }) => amountDue).filter((amount) => !isZero(amount));
  const others = sums(due).filter(({ currencyCode }) => currencyCode !== account.balance.currencyCode);
  if (others.length === 0) return null;
  return (
    <p class="soft">
      In other currencies, on the latest invoices:{' '}
      {others.map((amount) => (
        <Amount key={amount.currencyCode} of={amount} />
      ))}
    </p>
  );
}
