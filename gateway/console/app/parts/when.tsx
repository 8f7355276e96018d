import { day, moment, relative } from '../format/times.ts';

/** A moment or a day, and on hovering how long ago. */
export function When({ at, precise = false }: { readonly at: string | null | undefined; readonly precise?: boolean }) {
  if (!at) return <span class="nothing">–</span>;
  return (
    <time dateTime={at} title={relative(at)}>
      {precise ? moment(at) : day(at)}
    </time>
  );
}
