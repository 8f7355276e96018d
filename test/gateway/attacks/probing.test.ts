import assert from 'node:assert/strict';
import { before, type TestContext, test } from 'node:test';
import { ask, startTarget, type Target } from './fixture.ts';

// What a caller can find out of a schema that may not be read: only whether a name that they guessed is there.

let target: Target;
let token: string;
before(async (t) => {
  target = await startTarget(t as TestContext);
  token = await target.token('mallory');
});

/** What the contracts have, and no probe below. */
const secrets =
  /diary|askedBy|friends|orders|PersonFilter|Tree|Mood|GOOD|BAD|city|label|rename|Mutation|people|[Cc]ount|Order\b|total/;

const closed = { message: 'Introspection is turned off here.', extensions: { code: 'INTROSPECTION_DISABLED' } };

test('introspection is closed by every way to it', async () => {
  const ways: Record<string, object> = {
    plain: { query: '{ __schema { types { name } } }' },
    'one type': { query: '{ __type(name: "Person") { fields { name } } }' },
    'in a fragment': { query: '{ ...A } fragment A on Query { ... { __schema { queryType { name } } } }' },
    'under an alias': { query: '{ name: __type(name: "Person") { name } }' },
    'by a variable': {
      query:
        'query ($n: String!, $i: Boolean!) { __typename @skip(if: $i) __type(name: $n) @include(if: $i) { name } }',
      variables: { n: 'Person', i: false },
    },
    'with white space that regular expressions miss': { query: '{ __schema\n\t,#x\n{ types { name } } }' },
    'in the operation that is chosen': {
      query: 'query A { __typename } query B { __schema { types { name } } }',
      operationName: 'B',
    },
  };
  for (const [what, body] of Object.entries(ways)) {
    assert.deepEqual(await ask(target, { token, body }), { status: 200, body: { errors: [closed] } }, what);
  }
  const service = await ask(target, { token, body: { query: '{ _service { sdl } }' } });
  assert.deepEqual(messages(service.body), ['Cannot query field "_service" on type "Query".']);
  const entities = await ask(target, {
    token,
    body: { query: '{ _entities(representations: [{__typename: "Person", id: 1}]) { __typename } }' },
  });
  assert.deepEqual(messages(entities.body), ['Cannot query field "_entities" on type "Query".']);
});

const probes: Record<string, { readonly query: string; readonly says: readonly string[] }> = {
  'a field that is nearly right': {
    query: '{ person(id: 1) { diry nam } }',
    says: ['Cannot query field "diry" on type "…".', 'Cannot query field "nam" on type "…".'],
  },
  'a root field that is nearly right': {
    query: '{ peopl { id } }',
    says: ['Cannot query field "peopl" on type "Query".'],
  },
  'a type that is nearly right': {
    query: '{ ... on Perso { id } }',
    says: ['Unknown type "Perso".'],
  },
  'a type of variable that is nearly right': {
    query: 'query ($f: PersonFilte) { __typename @skip(if: $f) }',
    says: ['Unknown type "PersonFilte".'],
  },
  'an argument that is nearly right': {
    query: '{ person(idd: 1) { name } }',
    says: [
      'Unknown argument "idd" on field "Query.person".',
      'Field "person" argument "…" of type "ID!" is required, but it was not provided.',
    ],
  },
  'a selection of a leaf': {
    query: '{ person(id: 1) { name { x } } }',
    says: ['Field "name" must not have a selection since type "String!" has no subfields.'],
  },
  'no selection of an object': {
    query: '{ person(id: 1) }',
    says: ['Field "person" of type "…" must have a selection of subfields. Did you mean "person { ... }"?'],
  },
  'a fragment of a type that cannot be': {
    query: '{ person(id: 1) { ... on Query { __typename } } }',
    says: ['Fragment cannot be spread here as objects of type "…" can never be of type "Query".'],
  },
  'a value of the wrong type': {
    query: '{ people(filter: "x", first: "y") { id } }',
    says: ['Expected value of type "…", found "x".', 'Int cannot represent non-integer value: "y"'],
  },
  'a field of an input object': {
    query: '{ people(filter: { nam: "x" }) { id } }',
    says: ['Field "nam" is not defined by type "…".'],
  },
  'a required field of an input object': {
    query: '{ count(tree: {}) }',
    says: ['Field "….…" of required type "String!" was not provided.'],
  },
  'a value of an enum': {
    query: '{ count(mood: GOO) }',
    says: ['Value "GOO" does not exist in "…" enum.'],
  },
  'a directive': { query: '{ __typename @requiresScope }', says: ['Unknown directive "@requiresScope".'] },
  'fields that conflict': {
    query: '{ person(id: 1) { a: id a: name } }',
    says: [
      'Fields "a" conflict because "id" and "name" are different fields. Use different aliases on the fields to fetch both if this was intentional.',
    ],
  },
};

test('no message tells a name that was not in the text', async () => {
  const said: Record<string, readonly string[]> = {};
  for (const [what, { query }] of Object.entries(probes)) {
    const { body } = await ask(target, { token, body: { query } });
    said[what] = messages(body);
    assert.doesNotMatch(JSON.stringify(body), hidden(query), what);
  }
  assert.deepEqual(said, Object.fromEntries(Object.entries(probes).map(([what, { says }]) => [what, says])));
});

test('variables tell no names either', async () => {
  const given: [string, object][] = [
    ['query ($t: Tree) { count(tree: $t) }', { t: {} }],
    ['query ($t: Tree) { count(tree: $t) }', { t: { label: '', left: {} } }],
    ['query ($t: Tree) { count(tree: $t) }', { t: { lable: '' } }],
    ['query ($f: PersonFilter) { people(filter: $f) { id } }', { f: { nam: 'x' } }],
    ['query ($f: PersonFilter) { people(filter: $f) { id } }', { f: { and: [{ citi: 'x' }] } }],
    ['query ($m: Mood) { count(mood: $m) }', { m: 'GOO' }],
    ['query ($m: Mood) { count(mood: $m) }', { m: 1 }],
  ];
  for (const [query, variables] of given) {
    const { body } = await ask(target, { token, body: { query, variables } });
    assert.equal(messages(body).length > 0, true);
    const sent = JSON.stringify(variables);
    assert.doesNotMatch(messages(body).join('\n'), hidden(query + sent), sent);
  }
});

test('what is refused by a rule names only what was asked for, and the scope', async () => {
  const { body } = await ask(target, { token, body: { query: '{ person(id: "1") { d: diary } }' } });
  assert.deepEqual(body, {
    data: { person: null },
    errors: [
      {
        message: 'Not allowed: Person.diary requires the scope diary:read.',
        path: ['person', 'd'],
        extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
      },
    ],
  });
});

test('where nothing is served, nothing is told', async () => {
  for (const path of [
    '/',
    '/demo',
    '/demo/agent',
    '/.env',
    '/graphql/',
    '/graphql/schema',
    '/metrics',
    '/%2e%2e/package.json',
  ]) {
    const response = await fetch(target.origin + path);
    assert.deepEqual(
      [response.status, await response.json()],
      [
        404,
        {
          errors: [{ message: 'Nothing is served here. GraphQL is at /graphql.', extensions: { code: 'NOT_FOUND' } }],
        },
      ],
      path,
    );
  }
});

/** Names of the contracts', but for those that the text has itself. */
function hidden(text: string): RegExp {
  const names = secrets.source.split('|').filter((name) => !new RegExp(name).test(text));
  return new RegExp(names.join('|'));
}

function messages(body: unknown): readonly string[] {
  return (body as { errors?: { message: string }[] }).errors?.map(({ message }) => message) ?? [];
}
