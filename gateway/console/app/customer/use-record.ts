import { useEffect, useRef, useState } from 'preact/hooks';
import { type Answer, type Gap, gapOf, gapOfField } from '../graph/answer.ts';
import type { AskError } from '../graph/ask.ts';
import { useQuery } from '../graph/use-query.ts';
import { useCaller } from '../session/session.ts';

/** How a page of one thing stands. */
export type RecordState<Value> =
  | { readonly phase: 'loading' }
  /** There is none. */
  | { readonly phase: 'missing' }
  /** Its system is down or slow, or the caller may not see it. */
  | { readonly phase: 'withheld'; readonly gap: Gap }
  | { readonly phase: 'failed'; readonly error: AskError }
  /** `trouble`: why it couldn't be read again since. */
  | {
      readonly phase: 'shown';
      readonly value: Value;
      readonly answer: Answer<unknown>;
      readonly trouble?: Gap | AskError | undefined;
    };

export interface RecordQuery<Value> {
  readonly state: RecordState<Value>;
  readonly refreshing: boolean;
  readonly refresh: () => void;
}

/** How often a page is read again, in milliseconds: while all is well, while a system is missing, and while the page itself is. */
const everyMs = { well: 30_000, partly: 10_000, troubled: 5_000 } as const;

/** Asks for one thing, named by a field of Query, and again now and then. What was there stays when it can't be read any more. */
export function useRecord<Data, Field extends keyof Data & string>(
  query: string,
  variables: Readonly<Record<string, unknown>>,
  field: Field,
): RecordQuery<NonNullable<Data[Field]>> {
  type Value = NonNullable<Data[Field]>;
  type Shown = { readonly value: Value; readonly answer: Answer<Data>; readonly caller: number };
  const caller = useCaller();
  const [health, setHealth] = useState<keyof typeof everyMs>('well');
  const current = useQuery<Data>(query, variables, { everyMs: everyMs[health] });
  const last = useRef<Shown | undefined>(undefined);
  const { answer } = current;
  const value = answer?.data?.[field];
  if (answer && value) last.current = { value: value as Value, answer, caller };
  // What one caller was shown is not for the next.
  if (last.current?.caller !== caller) last.current = undefined;

  const state = stateNow();
  const now = healthOf(state);
  useEffect(() => setHealth(now), [now]);
  return { state, refreshing: current.refreshing, refresh: current.refresh };

  function stateNow(): RecordState<Value> {
    const shown = last.current && { phase: 'shown' as const, value: last.current.value, answer: last.current.answer };
    if (current.phase === 'loading') return { phase: 'loading' };
    if (current.phase === 'failed') {
      const kept = current.error.kind === 'unreachable' || current.error.kind === 'busy' ? shown : undefined;
      return kept ? { ...kept, trouble: current.error } : { phase: 'failed', error: current.error };
    }
    if (value && shown) return shown;
    const gap = gapOfField(current.answer, field);
    if (!gap) return { phase: 'missing' };
    return shown && gap.kind !== 'forbidden' ? { ...shown, trouble: gap } : { phase: 'withheld', gap };
  }
}

function healthOf(state: RecordState<unknown>): keyof typeof everyMs {
  switch (state.phase) {
    case 'failed':
      return 'troubled';
    case 'withheld':
      return state.gap.kind === 'forbidden' ? 'well' : 'troubled';
    case 'shown':
      if (state.trouble) return 'troubled';
      return state.answer.errors.some((error) => gapOf(error).kind !== 'forbidden') ? 'partly' : 'well';
    default:
      return 'well';
  }
}
