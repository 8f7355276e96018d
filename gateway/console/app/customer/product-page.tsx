import './customer.css';
import { country, number, words } from '../format/words.ts';
import { type Answer, gapOfField } from '../graph/answer.ts';
import { Amount } from '../parts/amount.tsx';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { Headline, type HeadlineFact } from './headline.tsx';
import { OrderLink } from './links.tsx';
import { type Movement, type Product, type ProductData, productQuery, type StockLevel } from './product-query.ts';
import { RecordPage } from './record-page.tsx';
import { useRecord } from './use-record.ts';
import { WaitingPanel } from './waiting-panel.tsx';

interface PartProps {
  readonly product: Product | undefined;
  readonly answer: Answer<unknown> | undefined;
}

/** What the warehouses and the shop know about one product, by one request. */
export function ProductPage({ sku }: { readonly sku: string }) {
  const query = useRecord<ProductData, 'product'>(productQuery, { sku }, 'product');
  return (
    <RecordPage
      kind="product"
      id={sku}
      subgraph="inventory"
      query={query}
      title={({ name }) => name}
      beside={({ status }) => <Badge value={status} />}
    >
      {(product, answer) => (
        <>
          <Headline label="At a glance" facts={factsOf({ product, answer })} />
          <div class="columns">
            <div class="column">
              <StockPanel {...{ product, answer }} />
              <WaitingPanel {...{ product, answer }} />
            </div>
            <div class="column">
              <MovementsPanel {...{ product, answer }} />
            </div>
          </div>
        </>
      )}
    </RecordPage>
  );
}

function factsOf({ product, answer }: PartProps): HeadlineFact[] {
  const gap = (value: unknown, place: string) => (answer && value === null ? gapOfField(answer, place) : undefined);
  const waiting = product?.openOrderLines?.totalCount;
  return [
    {
      name: 'Available',
      value: product && number(product.available),
      detail: product && (product.belowReorderPoint ? 'Below reorder point' : `${number(product.onHand)} on hand`),
      tone: product?.belowReorderPoint ? 'bad' : undefined,
    },
    {
      name: 'Waiting orders',
      value: waiting === undefined ? undefined : number(waiting),
      gap: gap(product?.openOrderLines, 'product.openOrderLines'),
    },
    { name: 'Group', value: product?.category, detail: product && <span class="number">{product.sku}</span> },
    {
      name: 'Weight',
      value: product && (product.weightGrams === null ? undefined : weight(product.weightGrams)),
    },
    {
      name: 'Costs us',
      value: product?.unitCost && <Amount of={product.unitCost} />,
      gap: gap(product?.unitCost, 'product.unitCost'),
    },
  ];
}

const grams = new Intl.NumberFormat(undefined, { style: 'unit', unit: 'gram' });
const kilograms = new Intl.NumberFormat(undefined, { style: 'unit', unit: 'kilogram', maximumFractionDigits: 2 });

function weight(value: number): string {
  return value < 1000 ? grams.format(value) : kilograms.format(value / 1000);
}

function StockPanel({ product, answer }: PartProps) {
  const stock = product?.stock;
  const gap = stock === null && answer ? gapOfField(answer, 'product.stock') : undefined;
  return (
    <Panel title="Stock by warehouse" subgraph="inventory" answer={answer} gap={gap}>
      {stock && stock.length === 0 && <Empty>It lies in no warehouse.</Empty>}
      {stock && stock.length > 0 && (
        <Table<StockLevel>
          label="Stock by warehouse"
          rows={stock}
          keyOf={({ warehouse }) => warehouse.code}
          columns={[
            {
              name: 'Warehouse',
              cell: ({ warehouse: { name, city, countryCode } }) => (
                <span class="stacked">
                  {name}
                  <span class="soft small">
                    {city}, {country(countryCode)}
                  </span>
                </span>
              ),
            },
            { name: 'On hand', align: 'end', cell: ({ onHand }) => number(onHand) },
            { name: 'Promised', align: 'end', cell: ({ committed }) => number(committed) },
            { name: 'On its way in', align: 'end', cell: ({ incoming }) => number(incoming) },
            {
              name: 'Available',
              align: 'end',
              cell: ({ available, belowReorderPoint }) => (
                <span class={belowReorderPoint ? 'tone-bad' : ''}>{number(available)}</span>
              ),
            },
            {
              name: 'Reorder point',
              align: 'end',
              cell: ({ reorderPoint, belowReorderPoint }) => (
                <span class="stock stock-end">
                  {reorderPoint === null ? <span class="nothing">Not ordered again</span> : number(reorderPoint)}
                  {belowReorderPoint && <Badge value="BELOW_REORDER_POINT" label="Below" />}
                </span>
              ),
            },
          ]}
        />
      )}
    </Panel>
  );
}

/** An order's number, as the warehouse writes it beside what it sent for it. */
const orderReference = /^[A-Z]+\d{6,}$/;

function MovementsPanel({ product, answer }: PartProps) {
  const movements = product?.movements;
  const gap = movements === null && answer ? gapOfField(answer, 'product.movements') : undefined;
  return (
    <Panel
      title="Movements"
      subgraph="inventory"
      answer={answer}
      gap={gap}
      rows={8}
      aside={movements && number(movements.totalCount)}
    >
      {movements && movements.nodes.length === 0 && <Empty>Nothing has come in or gone out.</Empty>}
      {movements && movements.nodes.length > 0 && (
        <ol class="movements" aria-label="Movements">
          {movements.nodes.map((movement) => (
            <MovementRow key={movement.id} of={movement} />
          ))}
        </ol>
      )}
      {movements && movements.totalCount > movements.nodes.length && (
        <p class="soft small">The latest {number(movements.nodes.length)}.</p>
      )}
    </Panel>
  );
}

const signed = new Intl.NumberFormat(undefined, { signDisplay: 'exceptZero' });

function MovementRow({ of: { kind, quantity, bookedAt, reference, warehouse } }: { readonly of: Movement }) {
  return (
    <li>
      <span class={`movement-quantity ${quantity < 0 ? '' : 'tone-good'}`}>{signed.format(quantity)}</span>
      <span class="stacked">
        <span>
          {words(kind)}
          {reference !== null && (
            <>
              {' '}
              {kind === 'ISSUE' && orderReference.test(reference) ? (
                <OrderLink number={reference} />
              ) : (
                <span class="soft number">{reference}</span>
              )}
            </>
          )}
        </span>
        <span class="soft small">
          <When at={bookedAt} /> · {warehouse.name}
        </span>
      </span>
    </li>
  );
}
