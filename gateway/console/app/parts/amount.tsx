import { type Money, money } from '../format/money.ts';

/** An amount of money, in digits of one width. */
export function Amount({ of }: { readonly of: Money | null | undefined }) {
  return of ? <span class="amount">{money(of)}</span> : <span class="nothing">–</span>;
}
