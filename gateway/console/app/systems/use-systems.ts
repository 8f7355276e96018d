import { useEffect, useState } from 'preact/hooks';
import type { AskError } from '../graph/ask.ts';
import { useCaller } from '../session/session.ts';
import { askSystems, type SystemsAnswer } from './ask-systems.ts';

/** How often it is asked again, in milliseconds. */
const everyMs = 5_000;

/** How all is, as far as it is known. What came last stays while Junction doesn't answer. */
export interface Systems {
  readonly answer: SystemsAnswer | undefined;
  /** Why it isn't newer. */
  readonly error: AskError | undefined;
  readonly refresh: () => void;
}

/** Asks how all is, and again five seconds after each answer while the page is looked at. Another caller begins anew. */
export function useSystems(): Systems {
  const caller = useCaller();
  const [state, setState] = useState<Omit<Systems, 'refresh'> & { caller: number }>();
  const [turn, setTurn] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn asks at once.
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;

    async function run(): Promise<void> {
      if (isAsking) return;
      clearTimeout(timer);
      isAsking = true;
      try {
        const answer = await askSystems(controller.signal);
        setState({ answer, error: undefined, caller });
      } catch (error) {
        if (controller.signal.aborted) return;
        setState((last) => ({
          answer: last?.caller === caller ? last.answer : undefined,
          error: error as AskError,
          caller,
        }));
      }
      isAsking = false;
      timer = setTimeout(later, everyMs);
    }

    function later(): void {
      if (document.visibilityState === 'visible') void run();
    }

    void run();
    document.addEventListener('visibilitychange', later);
    return () => {
      controller.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', later);
    };
  }, [caller, turn]);

  const current = state?.caller === caller ? state : undefined;
  return { answer: current?.answer, error: current?.error, refresh: () => setTurn((last) => last + 1) };
}
