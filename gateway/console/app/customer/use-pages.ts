import { useEffect, useState } from 'preact/hooks';
import { ask } from '../graph/ask.ts';
import type { Page } from './fragments.ts';

/** A list of which more can be had. */
export interface Pages<Row extends { readonly id: string }> {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
  /** `failed`: what was wanted beyond the first page isn't there. */
  readonly phase: 'ready' | 'loading' | 'failed';
}

/** What a page asks for more of a customer's list. */
interface MoreData<Row> {
  readonly customer: { readonly page: Page<Row> | null } | null;
}

/** The most that one request may ask for, by the contract. */
const atOnce = 100;

/**
 * The first page of a list, and after it as many rows as are wanted, by requests of their own: again whenever the first page was read
 * again, so that no row comes twice or gets lost when the list moves on.
 * @param first undefined and null while there is none
 * @param query takes `$id`, `$first` and `$after`, and names the list `page`
 */
export function usePages<Row extends { readonly id: string }>(
  first: Page<Row> | null | undefined,
  query: string,
  id: string,
  wanted: number,
): Pages<Row> {
  const [more, setMore] = useState<Pages<Row>>(none);
  const missing = first ? Math.min(wanted, first.totalCount) - first.nodes.length : 0;

  useEffect(() => {
    if (!first || missing <= 0) return setMore(none);
    const controller = new AbortController();
    setMore((last) => ({ ...last, phase: 'loading' }));
    rowsAfter<Row>(first, query, id, missing, controller.signal)
      .then((rows) => setMore({ rows, hasMore: false, phase: 'ready' }))
      .catch(() => {
        if (!controller.signal.aborted) setMore((last) => ({ ...last, phase: 'failed' }));
      });
    return () => controller.abort();
  }, [first, query, id, missing]);

  const known = new Set(first?.nodes.map((row) => row.id));
  const rows = [...(first?.nodes ?? []), ...more.rows.filter((row) => !known.has(row.id))];
  return { rows, hasMore: rows.length < (first?.totalCount ?? 0), phase: more.phase };
}

const none = { rows: [], hasMore: false, phase: 'ready' } as const;

async function rowsAfter<Row>(first: Page<Row>, query: string, id: string, missing: number, signal: AbortSignal) {
  const rows: Row[] = [];
  let { hasNextPage, endCursor } = first.pageInfo;
  while (hasNextPage && rows.length < missing) {
    const variables = { id, first: Math.min(atOnce, missing - rows.length), after: endCursor };
    const { data } = await ask<MoreData<Row>>(query, variables, { signal });
    const page = data?.customer?.page;
    if (!page) throw new Error('expected another page of the list');
    rows.push(...page.nodes);
    ({ hasNextPage, endCursor } = page.pageInfo);
  }
  return rows;
}
