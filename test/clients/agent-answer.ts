// What the agent's queries are answered with. Amounts are exact decimal texts, times are ISO 8601 in UTC; null is also what is not allowed, or
// what its system did not give.

/** Exact, in one currency. */
export type Money = Texts<'amount' | 'currencyCode'>;

/** Who a customer is, by the CRM. */
export type Profile = Texts<'id' | 'name' | 'segment'> &
  Maybe<'email' | 'phone'> & {
    readonly preferences: Texts<'contactChannel' | 'language'>;
    readonly cases: List<Texts<'subject' | 'status' | 'priority' | 'openedAt'>> | null;
  };

/** What a customer owes by the ERP, and has bought by the shop. */
export interface Figures {
  readonly account: { readonly balance: Money; readonly overdue: Money } | null;
  readonly orders: List<Order> | null;
}

/** An order with its parcels. */
export type Order = Texts<'number' | 'status' | 'placedAt'> &
  Maybe<'paymentStatus'> & {
    readonly total: Money;
    readonly shipments: readonly (Texts<'status' | 'carrier'> & Maybe<'trackingNumber'>)[];
  };

/** The first ones, and how many there are. */
export interface List<T> {
  readonly totalCount: number;
  readonly nodes: readonly T[];
}

/** A customer, in the parts that different systems answer for. */
export interface Found {
  readonly profile: Profile | null;
  readonly figures: Figures | null;
}

/** What was looked for, null where there is none, and what went wrong. */
export interface Answer<T> {
  readonly found: T | null;
  readonly faults: readonly Fault[];
}

/** Something that went wrong at a place of the answer. */
export interface Fault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

type Texts<Name extends string> = { readonly [K in Name]: string };
type Maybe<Name extends string> = { readonly [K in Name]: string | null };
