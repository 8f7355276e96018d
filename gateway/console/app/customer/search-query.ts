import type { Money } from '../format/money.ts';

/** Looks in each way that what was typed may be meant, in one operation. */
export const searchQuery = `
query Search(
  $name: String!, $byName: Boolean!
  $mail: String!, $byMail: Boolean!
  $phone: String!, $byPhone: Boolean!
  $nationalPhone: String!, $byNationalPhone: Boolean!
  $number: String!, $byNumber: Boolean!
  $id: ID!, $byId: Boolean!
) {
  customer(id: $id) @include(if: $byId) { ...Found }
  customerByEmail(email: $mail) @include(if: $byMail) { ...Found }
  customerByPhone(phone: $phone) @include(if: $byPhone) { ...Found }
  customerByNationalPhone: customerByPhone(phone: $nationalPhone) @include(if: $byNationalPhone) { ...Found }
  orderByNumber(number: $number) @include(if: $byNumber) {
    number status placedAt
    total { amount currencyCode }
    customer { id name segment }
  }
  customers(filter: { search: $name }, first: 20) @include(if: $byName) { totalCount nodes { ...Found } }
}
fragment Found on Customer { id name segment email addresses { city countryCode } }`;

export interface SearchData {
  readonly customer?: FoundCustomer | null;
  readonly customerByEmail?: FoundCustomer | null;
  readonly customerByPhone?: FoundCustomer | null;
  readonly customerByNationalPhone?: FoundCustomer | null;
  readonly orderByNumber?: FoundOrder | null;
  readonly customers?: { readonly totalCount: number; readonly nodes: readonly FoundCustomer[] } | null;
}

export interface FoundCustomer {
  readonly id: string;
  readonly name: string;
  readonly segment: string;
  readonly email: string | null;
  readonly addresses: readonly { readonly city: string; readonly countryCode: string }[] | null;
}

export interface FoundOrder {
  readonly number: string;
  readonly status: string;
  readonly placedAt: string;
  readonly total: Money;
  readonly customer: { readonly id: string; readonly name: string; readonly segment: string } | null;
}
