import { convert, flag, list, many, object, one, oneOf, timestamp } from '../kit/mapping.ts';
import { env } from '../kit/settings.ts';
import { bearer, rest } from '../kit/sources/rest/backend.ts';
import type { Contract } from './contract.ts';

/** The CRM writes `de_DE` where BCP 47 has `de-DE`. */
const language = convert('prefs.lang', {
  read: (raw) => String(raw).replace('_', '-'),
  write: (value) => String(value).replace('-', '_'),
});

/** The CRM stores telephone numbers as `0049 30 901820`, and finds them by their digits. */
const phone = convert('tel', {
  read: (raw) => `+${String(raw).replace(/\D/g, '').replace(/^00/, '')}`,
  // `+49 (0)30 901820`: what is only dialled within the country.
  write: (value) => `00${String(value).replace('(0)', '').replace(/\D/g, '').replace(/^00/, '')}`,
});

/** The CRM: JSON over HTTP with a bearer token. */
export const backend = rest<Contract>({
  system: 'crm',
  url: env('CUSTOMERS_URL', 'the base URL of the CRM, such as https://crm.example/api/v2'),
  auth: bearer(env('CUSTOMERS_TOKEN', 'a bearer token for the CRM')),
  openapi: '/openapi.json',
  ping: '/ping',
  batchSize: 100,
  concurrency: 6,
  types: {
    Customer: {
      schema: 'Contact',
      byKey: {
        contact_id: { post: '/contacts/batch-read', keys: 'ids', rows: 'results', fields: 'fields' },
        email_addr: { get: '/contacts', key: 'mail', rows: 'data', fields: 'fields' },
        tel: { get: '/contacts', key: 'tel', rows: 'data', fields: 'fields' },
      },
      list: {
        get: '/contacts',
        rows: 'data',
        fields: 'fields',
        limit: 'limit',
        cursor: { parameter: 'cursor', next: 'paging.next_cursor' },
        total: { parameter: 'include_total', path: 'paging.total' },
        filters: {
          'segment_code in': 'segment_code',
          'name =': 'name',
          'created >=': 'created_gte',
          'created <': 'created_lt',
        },
        orders: {
          'display_name asc': { sort: 'display_name' },
          'display_name desc': { sort: '-display_name' },
          'created asc': { sort: 'created' },
          'created desc': { sort: '-created' },
        },
      },
      key: { id: 'contact_id' },
      fields: {
        name: 'display_name',
        email: convert('email_addr', { read: (raw) => raw, write: (value) => String(value).toLowerCase() }),
        phone,
        segment: oneOf('segment_code', {
          B2C: 'CONSUMER',
          SMB: 'SMALL_BUSINESS',
          ENT: 'ENTERPRISE',
          WHS: 'WHOLESALE',
        }),
        createdAt: timestamp('created', 'milliseconds'),
        preferences: object({
          contactChannel: oneOf('prefs.channel', { mail: 'EMAIL', tel: 'PHONE', sms: 'SMS', letter: 'POST' }),
          language,
          marketingConsent: flag('prefs.mkt_ok', { yes: 'Y', no: 'N' }),
        }),
        addresses: list('addresses', {
          kind: oneOf('use', { B: 'BILLING', S: 'SHIPPING' }),
          street: 'line1',
          postalCode: 'zip',
          city: 'town',
          countryCode: convert('country', {
            read: (raw) => String(raw).toUpperCase(),
            write: (value) => String(value).toLowerCase(),
          }),
        }),
        cases: many('SupportCase', 'contact_id'),
        notes: many('Note', 'contact_id', { order: { written: 'desc' } }),
      },
      // Not by the CRM's own `q`, which looks at mail addresses and telephone numbers, too: who may not see those must not guess them.
      filters: { search: 'name' },
    },
    SupportCase: {
      schema: 'Case',
      byKey: { case_no: { post: '/cases/batch-read', keys: 'ids', rows: 'results', fields: 'fields' } },
      list: {
        get: '/cases',
        rows: 'data',
        fields: 'fields',
        limit: 'limit',
        cursor: { parameter: 'cursor', next: 'paging.next_cursor' },
        total: { parameter: 'include_total', path: 'paging.total' },
        filters: { 'state in': 'state' },
        orders: { 'opened asc': { sort: 'opened' }, 'opened desc': { sort: '-opened' } },
      },
      top: {
        contact_id: {
          post: '/cases/by-contact',
          parents: 'contact_ids',
          groups: 'results',
          parent: 'contact_id',
          rows: 'data',
          fields: 'fields',
          limit: 'limit',
          cursor: { parameter: 'cursor', next: 'next_cursor' },
          total: { parameter: 'include_total', path: 'total' },
          filters: { 'state in': 'state' },
          orders: { 'opened asc': { sort: 'opened' }, 'opened desc': { sort: '-opened' } },
        },
      },
      key: { id: 'case_no' },
      fields: {
        subject: 'title',
        status: oneOf('state', {
          new: 'NEW',
          wip: 'OPEN',
          pending_customer: 'WAITING',
          solved: 'RESOLVED',
          closed: 'CLOSED',
        }),
        priority: oneOf('prio', { 1: 'URGENT', 2: 'HIGH', 3: 'NORMAL', 4: 'LOW' }),
        openedAt: timestamp('opened', 'milliseconds'),
        closedAt: timestamp('closed', 'milliseconds'),
        customer: one('Customer', 'contact_id'),
      },
    },
    Note: {
      schema: 'Note',
      top: {
        contact_id: {
          post: '/notes/by-contact',
          parents: 'contact_ids',
          groups: 'results',
          parent: 'contact_id',
          rows: 'data',
          limit: 'limit',
          cursor: { parameter: 'cursor', next: 'next_cursor' },
          total: { parameter: 'include_total', path: 'total' },
          orders: { 'written desc': { sort: '-written' } },
        },
      },
      key: { id: 'note_id' },
      fields: {
        body: 'text',
        author: 'author.name',
        writtenAt: timestamp('written', 'milliseconds'),
      },
    },
  },
});
