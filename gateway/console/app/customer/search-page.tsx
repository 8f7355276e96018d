import './customer.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { useQuery } from '../graph/use-query.ts';
import { Failure } from '../parts/failure.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { useCaller } from '../session/session.ts';
import { readerRegion } from './phone.ts';
import { type SearchData, searchQuery } from './search-query.ts';
import { announcement, type Found, foundIn, onlyResult, SearchResults } from './search-results.tsx';
import { SearchStart } from './search-start.tsx';
import { type SearchTerms, termsOf } from './search-terms.ts';
import { useDebounced } from './use-debounced.ts';
import { useParam } from './use-param.ts';

/** So long nothing is typed before it's looked for, in milliseconds. */
const pauseMs = 200;
/** So often it's looked for again while it can't be. */
const downEveryMs = 5_000;
const region = readerRegion(navigator.language);

/** Looks for customers and orders while one types; arrow keys go through what is found, Enter opens the only one. */
export function SearchPage() {
  const { text, setText, settled, search } = useSearch();
  const [, navigate] = useLocation();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const { found, terms, stale, error, retry } = search;
  const current = !stale && settled === text.trim();

  // Enter before the answer is there means the same as after it.
  const [entered, setEntered] = useState<string | undefined>(undefined);
  const only = current && found ? onlyResult(found) : undefined;
  useEffect(() => {
    if (entered === undefined || entered !== text.trim() || !current || !found) return;
    setEntered(undefined);
    if (only !== undefined) navigate(only);
    else results(list.current)[0]?.focus();
  }, [entered, current, found, only, text, navigate]);

  useEffect(() => {
    // Whoever opens this page has come to type; after the shell has set the focus, and not where a keyboard on the screen would cover the page.
    const timer = setTimeout(() => matchMedia('(pointer: fine)').matches && input.current?.focus());
    return () => clearTimeout(timer);
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    const items = results(list.current);
    const at = items.indexOf(event.target as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined || items.length === 0 || (at < 0 && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    (next < 0 ? input.current : items[Math.min(next, items.length - 1)])?.focus();
  };

  return (
    <div class="search">
      <PageHead title="Find a customer" />
      <search onKeyDown={onKeyDown}>
        <form
          class="search-box"
          onSubmit={(event) => {
            event.preventDefault();
            settle();
          }}
        >
          <Icon name="search" />
          <input
            ref={input}
            type="search"
            name="q"
            value={text}
            autocomplete="off"
            spellcheck={false}
            maxLength={200}
            placeholder="Name, mail, phone or order number"
            aria-label="Name, mail address, telephone number, order number or customer number"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </form>
        <p class="unseen" role="status">
          {current && found ? announcement(found) : ''}
        </p>
        {settled === '' && <SearchStart onExample={choose} onForget={() => input.current?.focus()} />}
        {settled !== '' && terms.tried.length === 0 && <p class="soft search-hint">{hintFor(settled)}</p>}
        {error && <Failure error={error} retry={retry} />}
        {settled !== '' && terms.tried.length > 0 && !error && !found && <Skeleton rows={4} />}
        {found && settled !== '' && terms.tried.length > 0 && !error && (
          <SearchResults
            found={found}
            text={search.of}
            tried={search.tried}
            stale={!current}
            retry={retry}
            list={list}
          />
        )}
      </search>
    </div>
  );

  function choose(example: string) {
    setText(example);
    input.current?.focus();
  }

  function settle() {
    setEntered(text.trim());
    search.now();
  }
}

/** The links of what was found. */
function results(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[data-result]') ?? [])];
}

function hintFor(text: string): string {
  return text.includes('@')
    ? 'Go on typing: a mail address is found when it is whole.'
    : 'Go on typing: three letters, or a number.';
}

/** What is typed, what of it is in the address bar, and what was found for that. What was found last stays until there is something else. */
function useSearch() {
  const [param, setParam] = useParam('q');
  const [text, setText] = useState(param);
  const [settled, now] = useDebounced(text.trim(), pauseMs);
  const written = useRef(param);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is written when it has settled, and not when somebody else has changed the address.
  useEffect(() => {
    if (settled === written.current) return;
    written.current = settled;
    setParam(settled);
  }, [settled]);
  useEffect(() => {
    // Somebody went back, or to the page anew.
    if (param === written.current) return;
    written.current = param;
    setText(param);
  }, [param]);

  const caller = useCaller();
  const terms = termsOf(settled, region);
  const [isDown, setDown] = useState(false);
  const query = useQuery<SearchData>(searchQuery, terms.variables, {
    when: terms.tried.length > 0,
    ...(isDown && { everyMs: downEveryMs }),
  });
  const last = useRef<{ of: string; tried: SearchTerms['tried']; found: Found; caller: number } | undefined>(undefined);
  const { answer, error, phase } = query;
  const isNew = phase === 'ready' && terms.tried.length > 0;
  if (isNew && answer) last.current = { of: settled, tried: terms.tried, found: foundIn(answer), caller };
  if (last.current?.caller !== caller || settled === '') last.current = undefined;
  const { of = '', tried = [], found } = last.current ?? {};
  const down = error !== undefined || (found?.gaps.some(({ gap }) => gap.kind !== 'forbidden') ?? false);
  useEffect(() => setDown(down), [down]);
  return {
    text,
    setText,
    settled,
    search: { of, tried, found, terms, stale: !isNew, error, retry: query.refresh, now },
  };
}
