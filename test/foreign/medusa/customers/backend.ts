import type { Contract } from '../../../../subgraphs/customers/contract.ts';
import {
  constant,
  contains,
  convert,
  many,
  nothing,
  object,
  oneOf,
  timestamp,
} from '../../../../subgraphs/kit/mapping.ts';
import { env } from '../../../../subgraphs/kit/settings.ts';
import { sql } from '../../../../subgraphs/kit/sources/sql/backend.ts';

const name = `coalesce(nullif(concat_ws(' ', first_name, last_name), ''), company_name, email, id)`;

/** Telephone numbers stand there as they were typed in, with 00 or + before the country's code. */
const phone = `'+' || regexp_replace(regexp_replace(phone, '[^0-9]', '', 'g'), '^00', '')`;

/** Medusa 2 in PostgreSQL: its customers, with an account or without. */
export const backend = sql<Contract>({
  system: 'medusa',
  url: env('CUSTOMERS_URL', 'the URL of a Medusa database, such as postgres://db.example/medusa'),
  user: env('CUSTOMERS_USER', 'the user of the database, where the URL names none', ''),
  password: env('CUSTOMERS_PASSWORD', 'the password of that user', ''),
  types: {
    Customer: {
      table: 'customer',
      where: { deleted_at: null },
      computed: {
        NAME: { type: 'text', sql: name },
        EMAIL: { type: 'text', sql: 'lower(email)' },
        PHONE: { type: 'text', sql: phone },
        SEGMENT: { type: 'text', sql: `case when company_name is null then 'person' else 'company' end` },
        LANGUAGE: { type: 'text', sql: `coalesce(replace(metadata ->> 'language', '_', '-'), 'en')` },
        SEARCH: { type: 'text', sql: `concat_ws(chr(10), ${name}, company_name)` },
      },
      key: { id: 'id' },
      fields: {
        name: 'NAME',
        email: convert('EMAIL', { read: (raw) => raw, write: (value) => String(value).toLowerCase() }),
        phone: convert('PHONE', {
          read: (raw) => raw,
          write: (value) => `+${String(value).replace(/\D/g, '').replace(/^00/, '')}`,
        }),
        segment: oneOf('SEGMENT', { person: 'CONSUMER', company: 'SMALL_BUSINESS' }),
        createdAt: timestamp('created_at', 'moment'),
        preferences: object({
          contactChannel: constant('EMAIL'),
          language: 'LANGUAGE',
          marketingConsent: constant(false),
        }),
        addresses: many(
          'Address',
          { customer_id: 'id' },
          { order: { is_default_shipping: 'desc', created_at: 'desc' } },
        ),
        cases: nothing(),
        notes: nothing(),
      },
      filters: { search: contains('SEARCH') },
    },
    SupportCase: { lacks: ['supportCases'] },
    Address: {
      table: 'customer_address',
      where: { deleted_at: null },
      computed: {
        KIND: {
          type: 'text',
          sql: `case when is_default_billing and not is_default_shipping then 'billing' else 'shipping' end`,
        },
        STREET: { type: 'text', sql: `concat_ws(', ', address_1, address_2)` },
        CITY: { type: 'text', sql: `coalesce(city, '')` },
        COUNTRY: { type: 'text', sql: `upper(coalesce(country_code, ''))` },
      },
      key: { id: 'id' },
      fields: {
        kind: oneOf('KIND', { billing: 'BILLING', shipping: 'SHIPPING' }),
        street: 'STREET',
        postalCode: 'postal_code',
        city: 'CITY',
        countryCode: 'COUNTRY',
      },
    },
  },
});
