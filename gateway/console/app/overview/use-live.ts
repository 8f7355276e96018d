import { useEffect, useRef } from 'preact/hooks';
import { type Query, useQuery } from '../graph/use-query.ts';

/** How often what the page shows is asked for again, in milliseconds. */
export const liveMs = 15_000;

/** Asks again and again while the page is looked at, and at once when somebody comes back to a page that's older. */
export function useLive<Data>(query: string, variables: Readonly<Record<string, unknown>>, when = true): Query<Data> {
  const asked = useQuery<Data>(query, variables, { everyMs: liveMs, when });
  const latest = useRef(asked);
  latest.current = asked;
  useEffect(() => {
    const back = () => {
      const { answer, refresh, refreshing } = latest.current;
      const isOld = Date.now() - (answer?.at.getTime() ?? 0) >= liveMs;
      if (when && document.visibilityState === 'visible' && isOld && !refreshing) refresh();
    };
    document.addEventListener('visibilitychange', back);
    return () => document.removeEventListener('visibilitychange', back);
  }, [when]);
  return asked;
}
