import { type Query, useQuery } from '../graph/use-query.ts';

/** How often what the page shows is asked for again, in milliseconds. */
const everyMs = 15_000;

/** Asks again and again while the page is looked at. */
export function useLive<Data>(query: string, variables: Readonly<Record<string, unknown>>, when = true): Query<Data> {
  return useQuery<Data>(query, variables, { everyMs, when });
}
