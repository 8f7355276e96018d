import { useSearchParams } from 'wouter-preact';

/** Whether something is open, and what changes that. */
export interface Open {
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}

/** Of which parts the errors are shown: `?errors=gateway,finance`, so that a link shows the same. */
export function useOpen(): (name: string) => Open {
  const [params, setParams] = useSearchParams();
  return (name) => {
    const open = namesIn(params).includes(name);
    return { open, onToggle };

    function onToggle(next: boolean): void {
      // The browser also tells what was open from the beginning.
      if (next === open) return;
      setParams(
        (last) => {
          const changed = new URLSearchParams(last);
          const others = namesIn(last).filter((each) => each !== name);
          const now = next ? [...others, name] : others;
          if (now.length > 0) changed.set('errors', now.join(','));
          else changed.delete('errors');
          return changed;
        },
        { replace: true },
      );
    }
  };
}

function namesIn(params: URLSearchParams): string[] {
  return (params.get('errors') ?? '').split(',').filter((name) => name !== '');
}
