import { useSearchParams } from 'wouter-preact';

/** What of the page is looked at: all of it stands in the address bar. */
export interface View {
  readonly params: URLSearchParams;
  /** The page's address with some of it changed; null takes a part away. */
  readonly href: (changes: Changes) => string;
  /** Goes there; `quietly`, going back skips it. */
  readonly go: (changes: Changes, options?: { readonly quietly?: boolean }) => void;
}

export type Changes = Readonly<Record<string, string | null>>;

/** The address bar's part of the page's state. */
export function useView(): View {
  const [params, setParams] = useSearchParams();
  return {
    params,
    href: (changes) => `/overview${searchOf(changed(params, changes))}`,
    go: (changes, { quietly = false } = {}) => setParams((last) => changed(last, changes), { replace: quietly }),
  };
}

function changed(params: URLSearchParams, changes: Changes): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return next;
}

function searchOf(params: URLSearchParams): string {
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
