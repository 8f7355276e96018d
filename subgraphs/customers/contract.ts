// Made from schema.graphql by `npm run types`.
import type { Enum, Many, One, Value } from '../kit/forms.ts';

/** What each field of the contract may be mapped to. */
export interface Contract {
  Customer: {
    id: Value;
    name: Value;
    email: Value;
    phone: Value;
    segment: Enum<'CONSUMER' | 'SMALL_BUSINESS' | 'ENTERPRISE' | 'WHOLESALE' | 'UNKNOWN'>;
    createdAt: Value;
    preferences: One<'CustomerPreferences'> | Value;
    addresses: Many<'Address'> | Value;
    cases: Many<'SupportCase'>;
    notes: Many<'Note'>;
  };
  CustomerPreferences: {
    contactChannel: Enum<'EMAIL' | 'PHONE' | 'SMS' | 'POST' | 'UNKNOWN'>;
    language: Value;
    marketingConsent: Value;
  };
  Address: {
    kind: Enum<'BILLING' | 'SHIPPING' | 'UNKNOWN'>;
    street: Value;
    postalCode: Value;
    city: Value;
    countryCode: Value;
  };
  SupportCase: {
    id: Value;
    subject: Value;
    status: Enum<'NEW' | 'OPEN' | 'WAITING' | 'RESOLVED' | 'CLOSED' | 'UNKNOWN'>;
    priority: Enum<'LOW' | 'NORMAL' | 'HIGH' | 'URGENT' | 'UNKNOWN'>;
    openedAt: Value;
    closedAt: Value;
    customer: One<'Customer'>;
  };
  Note: {
    id: Value;
    body: Value;
    author: Value;
    writtenAt: Value;
  };
}
