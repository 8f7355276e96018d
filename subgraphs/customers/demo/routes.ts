import type { FastifyInstance } from 'fastify';
import { only } from './fields.ts';
import { batchRead, caseQuery, casesByContact, contactQuery, notesByContact, openapi, schemas } from './openapi.ts';
import type { ContactFilter, CrmRecord, Cut, Page, Store } from './store.ts';

/** Lists come as arrays or with commas in one text. */
type List = readonly string[];

interface BatchRead {
  readonly ids: List;
  readonly fields?: List;
}

interface ByContact extends Cut {
  readonly contact_ids: List;
  readonly fields?: List;
  readonly state?: List;
}

/** The CRM's resources. */
export function routes(api: FastifyInstance, store: Store): void {
  api.get('/ping', () => ({ ok: true }));
  api.get('/openapi.json', () => openapi);

  const ofContacts = { schema: { querystring: contactQuery } };
  api.get<{ Querystring: ContactFilter & Cut & { fields?: List } }>('/contacts', ofContacts, ({ query }) => {
    const lists = { mail: split(query.mail), tel: split(query.tel), segment_code: split(query.segment_code) };
    const { data, ...paging } = store.contacts({ ...query, ...lists }, query);
    return { data: data.map(only(schemas.Contact, split(query.fields))), paging };
  });

  const ofCases = { schema: { querystring: caseQuery } };
  api.get<{ Querystring: Cut & { state?: List; fields?: List } }>('/cases', ofCases, ({ query }) => {
    const { data, ...paging } = store.cases(undefined, split(query.state), query);
    return { data: data.map(only(schemas.Case, split(query.fields))), paging };
  });

  const ofBatch = { schema: { body: batchRead } };
  api.post<{ Body: BatchRead }>('/contacts/batch-read', ofBatch, ({ body: { ids, fields } }) =>
    batch(ids, store.contactsByIds(ids), 'contact_id', only(schemas.Contact, split(fields))),
  );
  api.post<{ Body: BatchRead }>('/cases/batch-read', ofBatch, ({ body: { ids, fields } }) =>
    batch(ids, store.casesByIds(ids), 'case_no', only(schemas.Case, split(fields))),
  );

  api.post<{ Body: ByContact }>('/cases/by-contact', { schema: { body: casesByContact } }, ({ body }) =>
    groups(body, (contact) => store.cases(contact, split(body.state), body), only(schemas.Case, split(body.fields))),
  );
  api.post<{ Body: ByContact }>('/notes/by-contact', { schema: { body: notesByContact } }, ({ body }) =>
    groups(body, (contact) => store.notesOf(contact, body), only(schemas.Note, split(body.fields))),
  );
}

function split(list: List | undefined): List | undefined {
  return list?.flatMap((text) => text.split(','));
}

type Narrow = (record: CrmRecord) => CrmRecord;

function batch(ids: List, found: readonly CrmRecord[], key: string, narrow: Narrow) {
  const known = new Set(found.map((record) => record[key]));
  return { results: found.map(narrow), missing: ids.filter((id) => !known.has(id)) };
}

function groups({ contact_ids }: ByContact, pageOf: (contact: string) => Page, narrow: Narrow) {
  const results = contact_ids.map((contact_id) => {
    const { data, ...paging } = pageOf(contact_id);
    return { contact_id, data: data.map(narrow), ...paging };
  });
  return { results };
}
