import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { number } from '../format/words.ts';
import { gapAt, gapOfField } from '../graph/answer.ts';
import type { Query } from '../graph/use-query.ts';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Icon } from '../parts/icon.tsx';
import { Panel } from '../parts/panel.tsx';
import { PartNote } from '../parts/part-note.tsx';
import { type Column, Table } from '../parts/table.tsx';
import type { RowsData } from './rows-query.ts';
import type { View } from './use-view.ts';

/** How many rows stand on a page of a list. */
export const pageSize = 20;

export interface RowsPanelProps<Row> {
  readonly title: string;
  readonly query: Query<RowsData<Row>>;
  readonly subgraph: string;
  /** Systems that parts of rows come from. */
  readonly also?: readonly string[];
  /** Parts of rows that may be missing: what they are, and the fields below a row. */
  readonly parts?: readonly { readonly what: string; readonly field: string; readonly subgraph: string }[];
  /** In place of those that came, such as some of them in another order. */
  readonly rows?: readonly Row[];
  /** How many there are in all, where that isn't what the graph counts. */
  readonly total?: number | undefined;
  readonly columns: readonly (Column<Row> & { readonly field?: string })[];
  readonly keyOf: (row: Row) => string;
  /** Where there are none. */
  readonly none: string;
  /** What narrows the rows down, and what is to be known of them. */
  readonly above?: ComponentChildren;
  /** The address of the next page; undefined on the last one. */
  readonly next: string | undefined;
  readonly view: View;
}

/** The rows behind a number: gets the focus when it is opened. Columns that the caller may not see aren't there. */
export function RowsPanel<Row>(props: RowsPanelProps<Row>) {
  const { title, query, subgraph, also = [], parts = [], columns, keyOf, none, above, next, view } = props;
  const { answer, error } = query;
  const box = useRef<HTMLDivElement>(null);
  const wasLoaded = useRef(false);
  useEffect(() => {
    // What a pasted link opens is there from the beginning: the focus only follows who came from a card.
    if (!document.activeElement?.closest('.overview-cards')) return;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const isLoading = !answer && !error;
  useEffect(() => {
    // What had it, such as the link to this page of the list, is gone while others are on their way.
    if (wasLoaded.current && isLoading && document.activeElement === document.body) {
      box.current?.focus({ preventScroll: true });
    }
    wasLoaded.current = !isLoading;
  }, [isLoading]);
  const list = answer?.data?.list;
  const rows = props.rows ?? list?.nodes ?? [];
  const gaps = parts.map((part) => ({ ...part, gap: list ? gapAt(answer, `list.nodes.${part.field}`) : undefined }));
  const hidden = gaps.filter(({ gap }) => gap?.kind === 'forbidden').map(({ field }) => field);
  const first = Number(view.params.get('at') ?? 0) || 0;
  const total = props.total ?? list?.totalCount ?? 0;
  return (
    <div class="overview-rows" ref={box} tabIndex={-1}>
      {error && !answer ? (
        <Failure error={error} retry={query.refresh} />
      ) : (
        <Panel
          title={title}
          class="whole"
          subgraph={subgraph}
          also={also.map((each) => ({ subgraph: each, gap: gaps.find((part) => part.subgraph === each)?.gap }))}
          answer={answer}
          gap={answer && !list ? gapOfField(answer, 'list') : undefined}
          rows={8}
          aside={
            <Link
              class="overview-close"
              href={view.href({ show: null, after: null, at: null, only: null })}
              aria-label={`Close ${title.toLowerCase()}`}
              // Back to the card, before this link is gone.
              onClick={() => document.querySelector<HTMLElement>('.overview-card.open a')?.focus()}
            >
              Close
            </Link>
          }
        >
          {list && (
            <>
              {above}
              {gaps.map(({ what, gap, subgraph }) => (
                <PartNote key={what} what={what} gap={gap} subgraph={subgraph} />
              ))}
              {rows.length === 0 ? (
                <Empty>{none}</Empty>
              ) : (
                <Table
                  label={title}
                  columns={columns.filter(({ field }) => field === undefined || !hidden.includes(field))}
                  rows={rows}
                  keyOf={keyOf}
                />
              )}
              {(first > 0 || next !== undefined) && (
                <nav class="overview-pager" aria-label={`Pages of ${title.toLowerCase()}`}>
                  <span role="status">
                    {number(first + 1)}–{number(first + rows.length)} of {number(total)}
                  </span>
                  {first > 0 && <Link href={view.href({ after: null, at: null })}>First page</Link>}
                  {next !== undefined && (
                    <Link href={next} class="overview-next">
                      Next page
                      <Icon name="chevron" />
                    </Link>
                  )}
                </nav>
              )}
            </>
          )}
        </Panel>
      )}
    </div>
  );
}

/** The address of the page after the one that is shown. */
export function nextPage(view: View, { answer }: Query<RowsData<unknown>>): string | undefined {
  const list = answer?.data?.list;
  if (!list?.pageInfo.hasNextPage) return undefined;
  const at = (Number(view.params.get('at') ?? 0) || 0) + list.nodes.length;
  return view.href({ after: list.pageInfo.endCursor, at: String(at) });
}

/** What pages of a list are asked for with. */
export function pageVariables(view: View): { readonly first: number; readonly after: string | null } {
  return { first: pageSize, after: view.params.get('after') };
}
