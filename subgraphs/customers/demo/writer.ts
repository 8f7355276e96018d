import type { Company } from '../../demo/company.ts';
import type { Customer } from '../../demo/customers.ts';
import type { Draft } from '../../demo/draft.ts';
import { type Case, makeCases, makeNotes } from '../../demo/support.ts';

const segments: Record<Customer['segment'], string> = {
  consumer: 'B2C',
  small: 'SMB',
  enterprise: 'ENT',
  wholesale: 'WHS',
  government: 'B2G',
};
const channels: Record<Customer['channel'], string> = { email: 'mail', phone: 'tel', sms: 'sms', post: 'letter' };
const caseStates: Record<Case['status'], string> = {
  new: 'new',
  open: 'wip',
  waiting: 'pending_customer',
  resolved: 'solved',
  closed: 'closed',
};
const priorities: Record<Case['priority'], number> = { urgent: 1, high: 2, normal: 3, low: 4 };

/** `doc` is the record as the CRM sends it; the other columns are what it is found and ordered by. */
const tables = `
  create table contact (
    contact_id text primary key, display_name text not null, email_addr text, digits text, segment_code text not null,
    created integer not null, search text not null, doc text not null);
  create table case_ (
    case_no text primary key, contact_id text not null, state text not null, opened integer not null, doc text not null);
  create table note (
    note_id text primary key, contact_id text not null, written integer not null, doc text not null);
`;

const indexes = `
  create index contact_email on contact (email_addr);
  create index contact_digits on contact (digits);
  create index contact_name on contact (display_name, contact_id);
  create index contact_created on contact (created, contact_id);
  create index case_contact on case_ (contact_id, opened, case_no);
  create index note_contact on note (contact_id, written, note_id);
`;

/** Writes the CRM's part of the company. */
export function write({ customers }: Company, draft: Draft): void {
  draft.exec(tables);
  const insertContact = draft.into('contact', [
    'contact_id',
    'display_name',
    'email_addr',
    'digits',
    'segment_code',
    'created',
    'search',
    'doc',
  ]);
  for (const customer of customers) {
    const contact = contactOf(customer);
    const digits = contact.tel?.replace(/\D/g, '') ?? null;
    const search = searchText(`${contact.display_name}\n${contact.email_addr ?? ''}`);
    const { contact_id, display_name, email_addr, segment_code, created } = contact;
    insertContact(contact_id, display_name, email_addr, digits, segment_code, created, search, JSON.stringify(contact));
  }
  const insertCase = draft.into('case_', ['case_no', 'contact_id', 'state', 'opened', 'doc']);
  for (const { id, customer, subject, status, priority, openedAt, closedAt } of makeCases(customers)) {
    const state = caseStates[status];
    const doc = { case_no: id, contact_id: customer, title: subject, state, prio: priorities[priority] };
    insertCase(id, customer, state, openedAt, JSON.stringify({ ...doc, opened: openedAt, closed: closedAt }));
  }
  const insertNote = draft.into('note', ['note_id', 'contact_id', 'written', 'doc']);
  for (const { id, customer, text, author, writtenAt } of makeNotes(customers)) {
    const doc = { note_id: id, contact_id: customer, text, author, written: writtenAt };
    insertNote(id, customer, writtenAt, JSON.stringify(doc));
  }
  draft.exec(indexes);
}

/** How the CRM compares text: without regard to case, and however accents are coded. */
export function searchText(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function contactOf(customer: Customer) {
  return {
    contact_id: customer.id,
    display_name: customer.name,
    email_addr: customer.email,
    tel: customer.phone?.replace('+', '00') ?? null,
    segment_code: segments[customer.segment],
    created: customer.createdAt,
    prefs: {
      channel: channels[customer.channel],
      lang: customer.country.language.replace('-', '_'),
      mkt_ok: customer.consent ? 'Y' : 'N',
    },
    addresses: customer.addresses.map(({ kind, street, zip, town, country }) => ({
      use: kind === 'billing' ? 'B' : 'S',
      line1: street,
      zip,
      town,
      country: country.toLowerCase(),
    })),
    owner: Number(customer.id) % 2 === 0 ? 'mhahn' : 'oyilmaz',
    score: Number(customer.id) % 101,
  };
}
