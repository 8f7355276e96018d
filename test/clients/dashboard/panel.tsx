import type { ReactNode } from 'react';

/** What a panel shows. */
export interface PanelProps {
  readonly title: string;
  readonly list: { readonly totalCount: number } | null | undefined;
  /** Why `list` is null. */
  readonly fault: string | undefined;
  readonly columns: readonly string[];
  /** A cell for each column; the first one names the row. */
  readonly rows: readonly (readonly [string, ...ReactNode[]])[] | undefined;
}

/** A list with how many it has in all, or why it is not there. */
export function Panel({ title, list, fault, columns, rows = [] }: PanelProps): ReactNode {
  const head = columns.map((column) => <th key={column}>{column}</th>);
  const line = (cells: readonly ReactNode[]) => columns.map((column, index) => <td key={column}>{cells[index]}</td>);
  const body = rows.map((cells) => <tr key={cells[0]}>{line(cells)}</tr>);
  return (
    <section aria-label={title}>
      <h2>{`${title} ${list?.totalCount.toLocaleString() ?? ''}`}</h2>
      {fault ? (
        <em>{fault}</em>
      ) : (
        <table>
          <thead>
            <tr>{head}</tr>
          </thead>
          <tbody>{body}</tbody>
        </table>
      )}
    </section>
  );
}
