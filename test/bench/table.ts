/** A row of a table: its title, and a text or a number for each column. */
export interface Row {
  readonly title: string;
  readonly cells: readonly (string | number | undefined)[];
}

/** A table for a terminal: columns as wide as what stands in them, numbers to the right. */
export function table(columns: readonly string[], rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.title, ...row.cells.map(textOf)]);
  const all = [['', ...columns], ...cells];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length))) ?? [];
  const lines = all.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
  return `${lines.map((each) => `  ${each.trimEnd()}`).join('\n')}\n`;
}

/** A number with as many digits as say something: three of what is small, no fraction of what is large. */
function textOf(value: string | number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (typeof value === 'string') return value;
  const size = Math.abs(value);
  return size >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toFixed(size >= 10 ? 1 : size >= 1 || size === 0 ? 2 : 3);
}

/** How many times another number this is. */
export function ratio(value: number, other: number | undefined): string {
  if (other === undefined || Number.isNaN(value / other)) return '–';
  const times = value / other;
  return `${times >= 10 ? times.toFixed(1) : times.toFixed(2)}×`;
}
