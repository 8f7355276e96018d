import type { FixtureRow } from '../source-fixture.ts';

/** What a fixture server is asked for: comparisons by column and operator, an order, and where to begin. */
export interface FixtureQuery {
  readonly where: Readonly<Record<`${string} ${'=' | 'in' | '>=' | '<'}`, unknown>>;
  readonly sort?: string | undefined;
  readonly descending?: boolean | undefined;
}

/** The records that match, in order; ties and lists without an order go by id. */
export function listed(
  rows: readonly FixtureRow[],
  { where, sort = 'id', descending = false }: FixtureQuery,
): FixtureRow[] {
  const conditions = Object.entries(where).filter(([, value]) => value !== undefined);
  return rows
    .filter((row) => conditions.every(([condition, value]) => holds(row, condition, value)))
    .sort((a, b) => (descending ? -1 : 1) * compare(a[sort], b[sort]) || compare(a.id, b.id));
}

function holds(row: FixtureRow, condition: string, value: unknown): boolean {
  const [column = '', op] = condition.split(' ');
  const held = row[column];
  if (held === null || held === undefined) return false;
  if (op === 'in') return (value as readonly unknown[]).map(String).includes(String(held));
  const order = compare(held, typeof held === 'number' ? Number(value) : String(value));
  return op === '=' ? order === 0 : op === '>=' ? order >= 0 : order < 0;
}

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  return (a as string) < (b as string) ? -1 : 1;
}
