import { ProductLink } from '../customer/links.tsx';
import { number } from '../format/words.ts';
import { Badge } from '../parts/badge.tsx';
import { nextPage, pageVariables, RowsPanel } from './rows-panel.tsx';
import { type ProductRow, type RowsData, stockQuery } from './rows-query.ts';
import { useLive } from './use-live.ts';
import type { View } from './use-view.ts';

/** Products of which a warehouse has fewer than it should, with the warehouses where it's so. */
export function StockRows({ view }: { readonly view: View }) {
  const query = useLive<RowsData<ProductRow>>(stockQuery, pageVariables(view));
  return (
    <RowsPanel
      title="Products to reorder"
      query={query}
      subgraph="inventory"
      parts={[{ what: 'Stock by warehouse', field: 'stock', subgraph: 'inventory' }]}
      columns={[
        {
          name: 'Product',
          cell: ({ sku, name }) => (
            <span class="overview-product">
              <ProductLink sku={sku}>{name}</ProductLink> <span class="soft number">{sku}</span>
            </span>
          ),
        },
        { name: 'Status', cell: ({ status }) => <Badge value={status} /> },
        {
          name: 'Too few in',
          field: 'stock',
          cell: ({ stock }) => <Low of={stock?.filter(({ belowReorderPoint }) => belowReorderPoint) ?? []} />,
        },
        { name: 'Available in all', align: 'end', cell: ({ available }) => number(available) },
      ]}
      keyOf={({ sku }) => sku}
      none="Every product is above its reorder point."
      next={nextPage(view, query)}
      view={view}
    />
  );
}

function Low({ of }: { readonly of: NonNullable<ProductRow['stock']> }) {
  if (of.length === 0) return <span class="nothing">–</span>;
  return (
    <ul class="overview-low">
      {of.map(({ warehouse: { code, name }, available, reorderPoint, incoming }) => (
        <li key={code} class="overview-low-place">
          <span>{name}</span>
          <span class="soft">
            <strong class="tone-bad number">{number(available)}</strong> available
            {reorderPoint !== null && `, reorder at ${number(reorderPoint)}`}
            {incoming > 0 && `, ${number(incoming)} on their way`}
          </span>
        </li>
      ))}
    </ul>
  );
}
