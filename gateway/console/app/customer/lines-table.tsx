import { number } from '../format/words.ts';
import { Amount } from '../parts/amount.tsx';
import { Badge } from '../parts/badge.tsx';
import { Table } from '../parts/table.tsx';
import type { Line } from './fragments.ts';
import { ProductLink } from './links.tsx';

interface LinesTableProps {
  readonly label: string;
  readonly lines: readonly Line[];
  /** Whether the order still waits for goods. */
  readonly waiting: boolean;
  /** Whether the warehouse could be asked. */
  readonly stockKnown: boolean;
}

/** What was ordered, how much of it is shipped, and whether the warehouses have the rest. */
export function LinesTable({ label, lines, waiting, stockKnown }: LinesTableProps) {
  return (
    <div class="lines">
      <Table
        label={label}
        rows={lines}
        keyOf={({ id }) => id}
        columns={[
          {
            name: 'Product',
            cell: ({ name, product }) => (
              <span class="line-product">
                {product ? <ProductLink sku={product.sku}>{name}</ProductLink> : name}
                {product && <span class="soft small number">{product.sku}</span>}
              </span>
            ),
          },
          {
            name: 'Shipped',
            align: 'end',
            cell: ({ quantity, quantityShipped }) => `${number(quantityShipped)} of ${number(quantity)}`,
          },
          {
            name: 'Stock',
            cell: (line) => (
              <div class="stock-cell">
                <Stock {...{ line, waiting, stockKnown }} />
              </div>
            ),
          },
          { name: 'Price', align: 'end', cell: ({ unitPrice }) => <Amount of={unitPrice} /> },
          { name: 'Total', align: 'end', cell: ({ total }) => <Amount of={total} /> },
        ]}
      />
    </div>
  );
}

/** `3 of 5 available` where some are still to be shipped; how many there are where not. */
function Stock({ line, waiting, stockKnown }: { line: Line; waiting: boolean; stockKnown: boolean }) {
  const { product, quantity, quantityShipped } = line;
  if (!product) return <span class="nothing">{stockKnown ? 'Unknown to the warehouse' : '–'}</span>;
  const missing = quantity - quantityShipped;
  const available = Math.max(0, product.available);
  const below = product.belowReorderPoint && <Badge value="BELOW_REORDER_POINT" label="Below reorder point" />;
  if (!waiting || missing <= 0) {
    return (
      <span class="stock">
        <span class="soft">{number(available)} in stock</span>
        {below}
      </span>
    );
  }
  const enough = available >= missing;
  return (
    <span class="stock">
      <span class={enough ? 'tone-good' : 'tone-bad'}>
        {number(Math.min(available, missing))} of {number(missing)} available
      </span>
      {below}
    </span>
  );
}
