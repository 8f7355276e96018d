/** Grey lines where something will be. */
export function Skeleton({ rows }: { readonly rows: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="unseen">Loading…</span>
      {lengths(rows).map((length) => (
        <span key={length} class="skeleton-line" style={{ inlineSize: `${length}%` }} />
      ))}
    </div>
  );
}

/** Of lines that look like text, in percent, each another. */
function lengths(rows: number): number[] {
  return Array.from({ length: rows }, (_, i) => 92 - ((i * 17) % 40));
}
