import { number } from '../format/words.ts';
import type { Pages } from './use-pages.ts';

interface MoreProps {
  readonly pages: Pages<{ readonly id: string }>;
  /** What there is more of, such as `orders`. */
  readonly what: string;
  readonly total: number;
  /** Undefined where the page takes no more of them. */
  readonly onMore: (() => void) | undefined;
}

/** Below a list: how many of how many are shown, and what gets more. */
export function More({ pages, what, total, onMore }: MoreProps) {
  if (!pages.hasMore) return null;
  const busy = pages.phase === 'loading';
  return (
    <div class="more">
      <span class="soft small" role="status">
        {pages.phase === 'failed'
          ? `More ${what} could not be read. They are tried again with the next refresh.`
          : `${onMore ? '' : 'The latest '}${number(pages.rows.length)} of ${number(total)}`}
      </span>
      {onMore && (
        <button type="button" class="button" aria-busy={busy} onClick={onMore}>
          {busy ? 'Loading…' : `More ${what}`}
        </button>
      )}
    </div>
  );
}
