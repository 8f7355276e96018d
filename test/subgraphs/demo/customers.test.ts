import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { start } from '../../../subgraphs/customers/demo/system.ts';
import type { StandIn } from '../../../subgraphs/demo/stand-in.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** What the tests look at; each answer has some of it. */
interface Body {
  readonly data: readonly Contact[];
  readonly paging: { readonly next_cursor: string | null; readonly total?: number };
  readonly results: readonly Group[];
  readonly missing: readonly string[];
  readonly error: { readonly code: string };
  readonly components: { readonly schemas: Record<string, { readonly properties: object }> };
}

type Contact = Readonly<Record<string, unknown>>;

interface Group extends Contact {
  readonly data: readonly Contact[];
  readonly next_cursor: string | null;
}

suite('the CRM stand-in', () => {
  let folder = '';
  let crm: StandIn;
  const calls: string[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crm-'));
    crm = await start({ folder, scale: 0.02, onCall: (call) => calls.push(call) });
  });
  after(async () => {
    await crm.close();
    await rm(folder, { recursive: true, force: true });
  });
  const get = (path: string) => send(crm, 'GET', path);
  const post = (path: string, body: object) => send(crm, 'POST', path, body);

  test('sends records in its own terms', async () => {
    const { body } = await post('/contacts/batch-read', { ids: ['10008', '7'] });
    assert.deepEqual(body, {
      results: [
        {
          contact_id: '10008',
          display_name: 'Zoë Müller',
          email_addr: 'zoe.mueller@example.com',
          tel: '0049 89 2000581',
          segment_code: 'B2C',
          created: 1631857119751,
          prefs: { channel: 'mail', lang: 'de_DE', mkt_ok: 'N' },
          addresses: [
            { use: 'B', line1: 'Gärtnerstraße 130', zip: '50667', town: 'Köln', country: 'de' },
            { use: 'S', line1: 'Gärtnerstraße 130', zip: '50667', town: 'Köln', country: 'de' },
          ],
          owner: 'mhahn',
          score: 9,
        },
      ],
      missing: ['7'],
    });
  });

  test('describes each property that it sends', async () => {
    const { schemas } = (await get('/openapi.json')).body.components;
    const described = (name: string) => Object.keys(schemas[name]?.properties ?? {});
    const contact = (await get('/contacts?limit=1')).body.data[0];
    const [cases] = (await post('/cases/by-contact', { contact_ids: ['10001'] })).body.results;
    const [notes] = (await post('/notes/by-contact', { contact_ids: ['10001'] })).body.results;
    assert.deepEqual(Object.keys(contact ?? {}), described('Contact'));
    assert.deepEqual(Object.keys(cases?.data[0] ?? {}), described('Case'));
    assert.deepEqual(Object.keys(notes?.data[0] ?? {}), described('Note'));
  });

  test('finds contacts', async () => {
    const ids = async (query: string) =>
      (await get(`/contacts?${query}`)).body.data.map(({ contact_id }) => contact_id);
    assert.deepEqual(await ids('mail=zoe.mueller@example.com'), ['10008']);
    assert.deepEqual(await ids('mail=zoe.mueller@example.com,jose.nunez@example.com'), ['10009', '10008']);
    assert.deepEqual(await ids('tel=0049892000581'), ['10008']);
    assert.deepEqual(await ids(`q=${encodeURIComponent('MÜLL')}`), ['10008']);
    assert.deepEqual(await ids(`q=${encodeURIComponent('+49 89 2000581')}`), ['10008']);
    assert.deepEqual(await ids('segment_code=B2G,NONE'), ['10002']);
  });

  test('pages through a list to its end, each contact once', async () => {
    for (const sort of ['display_name', '-display_name', 'created', '-created']) {
      const seen: unknown[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = `sort=${sort}&limit=7&include_total=true&fields=contact_id${cursor && `&cursor=${cursor}`}`;
        const { data, paging } = (await get(`/contacts?${query}`)).body;
        assert.equal(paging.total, 40);
        seen.push(...data.map(({ contact_id }) => contact_id));
        cursor = paging.next_cursor;
      }
      assert.deepEqual([seen.length, new Set(seen).size], [40, 40], sort);
    }
  });

  test('pages through the cases of all contacts', async () => {
    const states = 'pending_customer,solved';
    for (const [sort, state] of [
      ['opened', ''],
      ['-opened', states],
    ] as const) {
      const seen: Contact[] = [];
      let cursor: string | null = '';
      let total: number | undefined;
      while (cursor !== null) {
        const query: string = `sort=${sort}&limit=7&include_total=true&fields=opened,state${state && `&state=${state}`}${cursor && `&cursor=${cursor}`}`;
        const { data, paging } = (await get(`/cases?${query}`)).body;
        total = paging.total;
        seen.push(...data);
        cursor = paging.next_cursor;
      }
      assert.deepEqual([seen.length, new Set(seen.map(({ case_no }) => case_no)).size], [total, total], sort);
      assert.ok(seen.length > 7, `${seen.length} cases`);
      const opened = seen.map((each) => Number(each.opened));
      assert.deepEqual(
        opened,
        opened.toSorted((a, b) => (sort === 'opened' ? a - b : b - a)),
      );
      if (state) for (const each of seen) assert.ok(states.split(',').includes(String(each.state)));
    }
  });

  test('lists cases and notes by contact', async () => {
    const first = { contact_ids: ['10001', '7'], limit: 20, sort: '-opened', include_total: true, fields: ['case_no'] };
    const [whale, nobody] = (await post('/cases/by-contact', first)).body.results;
    assert.deepEqual([whale?.contact_id, whale?.total, whale?.data.length], ['10001', 45, 20]);
    assert.deepEqual(nobody, { contact_id: '7', data: [], next_cursor: null, total: 0 });
    const next = { ...first, contact_ids: ['10001'], limit: 100, cursor: whale?.next_cursor };
    const [rest] = (await post('/cases/by-contact', next)).body.results;
    const cases = [...(whale?.data ?? []), ...(rest?.data ?? [])].map(({ case_no }) => case_no);
    assert.deepEqual([cases.length, new Set(cases).size, rest?.next_cursor], [45, 45, null]);
    const closed = { contact_ids: ['10001'], limit: 100, state: ['closed'] };
    const [only] = (await post('/cases/by-contact', closed)).body.results;
    assert.deepEqual([...new Set(only?.data.map(({ state }) => state))], ['closed']);
    const [notes] = (await post('/notes/by-contact', { contact_ids: ['10001'], fields: ['author.name'] })).body.results;
    assert.deepEqual(Object.keys(notes?.data[0] ?? {}), ['note_id', 'author']);
  });

  test('refuses what it was not made for', async () => {
    const codeOf = ({ status, body }: Answer) => [status, body.error.code];
    const ids = Array.from({ length: 101 }, (_, index) => String(index));
    assert.deepEqual(codeOf(await post('/contacts/batch-read', { ids })), [400, 'invalid_request']);
    assert.deepEqual(codeOf(await get('/contacts?limit=101')), [400, 'invalid_request']);
    assert.deepEqual(codeOf(await get('/contacts?fields=shoe_size')), [400, 'invalid_request']);
    assert.deepEqual(codeOf(await get('/contacts?cursor=nonsense')), [400, 'invalid_request']);
    assert.deepEqual(codeOf(await get('/leads')), [404, 'not_found']);
    assert.deepEqual(codeOf(await send(crm, 'GET', '/ping', undefined, 'wrong')), [401, 'unauthorized']);
  });

  test('tells of each call', async () => {
    calls.length = 0;
    await get('/contacts?limit=1');
    await post('/cases/batch-read', { ids: ['CS-000001'] });
    await get('/cases?limit=1');
    assert.deepEqual(calls, ['GET /contacts', 'POST /cases/batch-read', 'GET /cases']);
  });

  test('asks to wait when requests come too fast', async () => {
    const slow = await start({ folder, scale: 0.02, rateLimit: 3 });
    try {
      const answers = await Promise.all([1, 2, 3, 4].map(() => send(slow, 'GET', '/ping')));
      const refused = answers.filter(({ status }) => status === 429);
      assert.deepEqual(
        refused.map(({ headers, body }) => [headers.get('retry-after'), body.error.code]),
        [['1', 'rate_limited']],
      );
    } finally {
      await slow.close();
    }
  });
});

async function send(
  { settings }: StandIn,
  method: string,
  path: string,
  body?: object,
  token = settings.CUSTOMERS_TOKEN,
): Promise<Answer> {
  const response = await fetch(`${settings.CUSTOMERS_URL}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    body: body ? JSON.stringify(body) : null,
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}
