import { useSearchParams } from 'wouter-preact';

/** A part of the page's state that stands in the address bar: its value, '' where there is none, and what changes it. Going back skips such changes. */
export function useParam(name: string): readonly [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  return [
    params.get(name) ?? '',
    (value) =>
      setParams(
        (last) => {
          const next = new URLSearchParams(last);
          if (value === '') next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
  ];
}
