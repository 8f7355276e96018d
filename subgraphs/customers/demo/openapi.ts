/** The records, as JSON Schema in OpenAPI 3.0. */
export const schemas = {
  Contact: record(['contact_id', 'display_name', 'segment_code', 'created', 'prefs', 'addresses', 'owner', 'score'], {
    contact_id: text('Identifies the contact.'),
    display_name: text('Full name.'),
    email_addr: { ...text('Mail address, in small letters.'), nullable: true },
    tel: { ...text('Telephone number with 00 and the country code: 0049 30 901820.'), nullable: true },
    segment_code: text('Segment.'),
    created: time('When the contact was first recorded.'),
    prefs: record(['channel', 'lang', 'mkt_ok'], {
      channel: text('mail, tel, sms or letter.'),
      lang: text('Language and country: de_DE.'),
      mkt_ok: text('Y or N.'),
    }),
    addresses: {
      type: 'array',
      items: record(['use', 'line1', 'town', 'country'], {
        use: text('B for billing, S for shipping.'),
        line1: text('Street and number.'),
        zip: text('Postal code.'),
        town: text('Town.'),
        country: text('Country in small letters: de.'),
      }),
    },
    owner: text('The login of the colleague who looks after the contact.'),
    score: { type: 'integer', description: 'How promising the contact is, 0 to 100.' },
  }),
  Case: record(['case_no', 'contact_id', 'title', 'state', 'prio', 'opened', 'closed'], {
    case_no: text('Identifies the case.'),
    contact_id: text('Who opened it.'),
    title: text('What it is about.'),
    state: text('new, wip, pending_customer, solved or closed.'),
    prio: { type: 'integer', minimum: 1, maximum: 4, description: '1 is the most urgent.' },
    opened: time('When it was opened.'),
    closed: { ...time('When it was closed.'), nullable: true },
  }),
  Note: record(['note_id', 'contact_id', 'text', 'author', 'written'], {
    note_id: text('Identifies the note.'),
    contact_id: text('Whom it is about.'),
    text: text('What was written.'),
    author: record(['login', 'name'], { login: text('Login.'), name: text('Full name.') }),
    written: time('When it was written.'),
  }),
} as const;

/** The most ids in one request, and the most records on one page. */
export const most = 100;

const strings = { type: 'array', items: { type: 'string' } } as const;
const keys = { ...strings, maxItems: most } as const;
const limit = { type: 'integer', minimum: 0, maximum: most, default: 25 } as const;
const totalWanted = { type: 'boolean', default: false } as const;

/** The parameters of `GET /contacts`. Lists are written with commas. */
export const contactQuery = {
  type: 'object',
  properties: {
    mail: { ...strings, description: 'Mail addresses.' },
    tel: { ...strings, description: 'Telephone numbers; only digits are compared.' },
    segment_code: { ...strings, description: 'Segments.' },
    name: { ...text('Part of the name, in any case.'), minLength: 1 },
    q: { ...text('Part of the name, mail address or telephone number, in any case.'), minLength: 1 },
    created_gte: time('Created at or after.'),
    created_lt: time('Created before.'),
    sort: {
      type: 'string',
      enum: ['display_name', '-display_name', 'created', '-created'],
      default: 'display_name',
    },
    limit,
    cursor: text('From `paging.next_cursor`.'),
    include_total: totalWanted,
    fields: { ...strings, description: 'Names of properties, such as display_name or prefs.lang; all when left out.' },
  },
} as const;

/** The parameters of `GET /cases`. Lists are written with commas. */
export const caseQuery = {
  type: 'object',
  properties: {
    state: { ...strings, description: 'States.' },
    sort: { type: 'string', enum: ['opened', '-opened'], default: '-opened' },
    limit,
    cursor: text('From `paging.next_cursor`.'),
    include_total: totalWanted,
    fields: { ...strings, description: 'Names of properties, such as title; all when left out.' },
  },
} as const;

/** The body of `POST /contacts/batch-read` and its like. */
export const batchRead = { type: 'object', required: ['ids'], properties: { ids: keys, fields: strings } } as const;

/** The body of `POST /cases/by-contact`. */
export const casesByContact = byContact(['opened', '-opened'], { state: strings });

/** The body of `POST /notes/by-contact`. */
export const notesByContact = byContact(['written', '-written'], {});

function byContact(sorts: readonly [string, string], more: object) {
  return {
    type: 'object',
    required: ['contact_ids'],
    properties: {
      contact_ids: keys,
      sort: { type: 'string', enum: sorts, default: sorts[1] },
      limit,
      cursor: text('From `next_cursor`; of use with one contact.'),
      include_total: totalWanted,
      fields: strings,
      ...more,
    },
  };
}

/** The CRM's description of itself. */
export const openapi = {
  openapi: '3.0.3',
  info: { title: 'CRM', version: '2.7.0' },
  servers: [{ url: '/api/v2' }],
  security: [{ token: [] }],
  paths: {
    '/ping': { get: { responses: answer({ type: 'object', properties: { ok: { type: 'boolean' } } }) } },
    '/contacts': get(contactQuery, 'Contact'),
    '/cases': get(caseQuery, 'Case'),
    '/contacts/batch-read': post(batchRead, found('Contact')),
    '/cases/batch-read': post(batchRead, found('Case')),
    '/cases/by-contact': post(casesByContact, groups('Case')),
    '/notes/by-contact': post(notesByContact, groups('Note')),
  },
  components: { schemas, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
} as const;

function record<P extends object>(required: readonly string[], properties: P) {
  return { type: 'object', required, properties } as const;
}

function text(description: string) {
  return { type: 'string', description } as const;
}

function time(description: string) {
  return { type: 'integer', format: 'int64', description: `${description} In milliseconds since 1970.` } as const;
}

function cursor() {
  return { type: 'string', nullable: true } as const;
}

function listOf(name: keyof typeof schemas) {
  return { type: 'array', items: { $ref: `#/components/schemas/${name}` } } as const;
}

function found(name: keyof typeof schemas) {
  return { type: 'object', properties: { results: listOf(name), missing: strings } } as const;
}

function groups(name: keyof typeof schemas) {
  const properties = {
    contact_id: { type: 'string' },
    data: listOf(name),
    next_cursor: cursor(),
    total: { type: 'integer' },
  };
  return {
    type: 'object',
    properties: { results: { type: 'array', items: { type: 'object', properties } } },
  } as const;
}

function get({ properties }: { readonly properties: object }, name: keyof typeof schemas) {
  return {
    get: {
      parameters: Object.entries(properties).map(([parameter, schema]: [string, object]) => ({
        ...{ name: parameter, in: 'query', schema, style: 'form', explode: false },
      })),
      responses: answer({
        type: 'object',
        properties: {
          data: listOf(name),
          paging: { type: 'object', properties: { next_cursor: cursor(), total: { type: 'integer' } } },
        },
      }),
    },
  } as const;
}

function post(body: object, result: object) {
  return {
    post: {
      requestBody: { required: true, content: { 'application/json': { schema: body } } },
      responses: answer(result),
    },
  };
}

function answer(schema: object) {
  return { 200: { description: 'Done.', content: { 'application/json': { schema } } } };
}
