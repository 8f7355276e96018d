import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useCaller } from '../session/session.ts';
import type { Answer } from './answer.ts';
import { type AskError, ask } from './ask.ts';

/** How a question stands. What came last stays while it is asked again, and when that fails. */
export type QueryState<Data> =
  | { readonly phase: 'loading'; readonly answer?: undefined; readonly error?: undefined }
  | { readonly phase: 'ready'; readonly answer: Answer<Data>; readonly error?: undefined }
  | { readonly phase: 'failed'; readonly answer?: Answer<Data> | undefined; readonly error: AskError };

/** A question that a page asks. */
export type Query<Data> = QueryState<Data> & {
  /** Whether it is being asked again. */
  readonly refreshing: boolean;
  readonly refresh: () => void;
};

export interface QueryOptions {
  /** Asks again so often, in milliseconds, while the page is looked at, and at once when somebody comes back after longer. @default never */
  readonly everyMs?: number;
  /** Nothing is asked while this is false. @default true */
  readonly when?: boolean;
}

/** Asks when the page shows, whenever query, variables or caller change, and on demand. Other variables begin anew; a question that is not waited for any more is canceled. */
export function useQuery<Data>(
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  { everyMs, when = true }: QueryOptions = {},
): Query<Data> {
  const caller = useCaller();
  const key = JSON.stringify([caller, query, variables]);
  const [state, setState] = useState<QueryState<Data> & { key: string }>({ phase: 'loading', key });
  const [refreshing, setRefreshing] = useState(false);
  const running = useRef<AbortController | null>(null);
  const askedAt = useRef(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of them, and stays the same while they do.
  const run = useCallback(async () => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    askedAt.current = Date.now();
    setRefreshing(true);
    try {
      const answer = await ask<Data>(query, variables, { signal: controller.signal });
      if (controller.signal.aborted) return;
      setState({ phase: 'ready', answer, key });
    } catch (error) {
      if (controller.signal.aborted) return;
      setState((last) => ({
        phase: 'failed',
        error: error as AskError,
        key,
        ...(last.key === key && { answer: last.answer }),
      }));
    }
    running.current = null;
    setRefreshing(false);
  }, [key]);

  useEffect(() => {
    if (!when) return;
    void run();
    return () => {
      running.current?.abort();
      running.current = null;
    };
  }, [run, when]);

  useEffect(() => {
    if (!when || everyMs === undefined) return;
    const again = () => {
      // What is on its way isn't canceled for another like it: a system slower than that would never be heard.
      if (document.visibilityState === 'visible' && !running.current) void run();
    };
    const back = () => {
      if (Date.now() - askedAt.current >= everyMs) again();
    };
    const timer = setInterval(again, everyMs);
    document.addEventListener('visibilitychange', back);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', back);
    };
  }, [run, when, everyMs]);

  const { key: of, ...current } = state;
  const shown: QueryState<Data> = of === key ? current : { phase: 'loading' };
  return { ...shown, refreshing, refresh: () => void run() };
}
