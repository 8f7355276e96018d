import assert from 'node:assert/strict';
import { before, type TestContext, test } from 'node:test';
import { type Answer, ask, flood, refused, startTarget, type Target, whileAsked } from './fixture.ts';

// Operations that are made to take more than they look like. Whoever sends them is a caller with a good token.

let target: Target;
let token: string;
before(async (t) => {
  // Each is refused for what it is, not for how often a quick machine asks.
  const rate = { per_second: 1_000_000, burst: 1_000_000 };
  target = await startTarget(t as TestContext, { limits: { rate } });
  token = await target.token('mallory');
});

const exceeded = (message: string, limit: string, value: number, maximum: number): Answer => ({
  status: 400,
  body: refused('OPERATION_LIMIT_EXCEEDED', message, { limit, value, maximum }),
});

const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const nested = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);

const undeclared = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`v${i}`, 1]));

const tooManyValues = {
  status: 400,
  body: refused(
    'OPERATION_LIMIT_EXCEEDED',
    "The request's JSON has more than 20000 values; at most 20000 are allowed (limits.input_values).",
    {
      limit: 'input_values',
      value: 20_001,
      maximum: 20_000,
    },
  ),
};

/** What is sent, and what comes back. */
const attacks: Record<string, { readonly body: unknown; readonly answer: Answer }> = {
  'aliases of one field': {
    body: { query: `{ ${times(25, (i) => `a${i}: person(id: "1") { ${times(5, (j) => `b${j}: name`)} }`)} }` },
    answer: exceeded('The operation has 150 aliases; at most 100 are allowed (limits.aliases).', 'aliases', 150, 100),
  },
  'root fields': {
    body: { query: `{ ${times(31, () => 'person(id: "1") { name }')} }` },
    answer: exceeded(
      'The operation has 31 root fields; at most 30 are allowed (limits.root_fields).',
      'root_fields',
      31,
      30,
    ),
  },
  directives: {
    body: { query: `{ person(id: "1") { name ${times(101, () => '@include(if: true)')} } }` },
    answer: exceeded(
      'The operation has 101 directives; at most 100 are allowed (limits.directives).',
      'directives',
      101,
      100,
    ),
  },
  'directives that nobody knows': {
    body: { query: `{ person(id: "1") { name ${times(2_000, () => '@a')} } }` },
    answer: exceeded(
      'The operation has 2000 directives; at most 100 are allowed (limits.directives).',
      'directives',
      2_000,
      100,
    ),
  },
  tokens: {
    body: { query: `{ ${'__typename '.repeat(6_000)} }` },
    answer: exceeded(
      'The operation has more than 5000 tokens; at most 5000 are allowed (limits.tokens).',
      'tokens',
      5_001,
      5_000,
    ),
  },
  depth: {
    body: { query: `{ person(id: "1") { ${nested(20, 'friends { ', '} ').replace('{ }', '{ id }')} } }` },
    answer: exceeded('The operation is nested 22 levels deep; at most 20 are allowed (limits.depth).', 'depth', 22, 20),
  },
  'fragments that double thirty times': {
    body: {
      query: `{ person(id: "1") { ...F0 } } ${times(30, (i) => `fragment F${i} on Person { ...F${i + 1} ...F${i + 1} }`)} fragment F30 on Person { name }`,
    },
    answer: exceeded(
      'With its fragments in place the operation has 1073741825 fields; at most 5000 are allowed (limits.fields).',
      'fields',
      1_073_741_825,
      5_000,
    ),
  },
  'a fragment inside itself': {
    body: { query: '{ person(id: "1") { ...F } } fragment F on Person { friends { ...F } }' },
    answer: {
      status: 200,
      body: {
        errors: [
          {
            message: 'Cannot spread fragment "F" within itself.',
            locations: [{ line: 1, column: 63 }],
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
          },
        ],
      },
    },
  },
  'a long list in the text': {
    body: { query: `{ count(numbers: [${times(1_001, String)}]) }` },
    answer: exceeded(
      'A list in the operation has 1001 items; at most 1000 are allowed (limits.list_items).',
      'list_items',
      1_001,
      1_000,
    ),
  },
  'a long list in variables': {
    body: { query: 'query ($n: [Int!]) { count(numbers: $n) }', variables: { n: Array(10_000).fill(1) } },
    answer: exceeded(
      'variables.n: 10000 items; at most 1000 are allowed (limits.list_items).',
      'list_items',
      10_000,
      1_000,
    ),
  },
  'a list as long as a body can be': {
    body: { query: 'query ($n: [Int!]) { count(numbers: $n) }', variables: { n: Array(500_000).fill(1) } },
    answer: tooManyValues,
  },
  'recursion in the text': {
    body: { query: `{ count(tree: ${nested(300, '{label: "", left: ', '}').replace(': }', ': null}')}) }` },
    answer: exceeded(
      "Lists and objects in the operation's arguments are nested 300 levels deep; at most 20 are allowed (limits.input_depth).",
      'input_depth',
      300,
      20,
    ),
  },
  'recursion of lists in the text': {
    body: { query: `{ count(any: ${nested(2_000, '[', ']')}) }` },
    answer: exceeded(
      "Lists and objects in the operation's arguments are nested 2000 levels deep; at most 20 are allowed (limits.input_depth).",
      'input_depth',
      2_000,
      20,
    ),
  },
  'recursion in variables': {
    body: `{"query":"query ($t: Tree) { count(tree: $t) }","variables":{"t":${nested(30, '{"label":"","left":', '}').replace(':}', ':null}')}}}`,
    answer: exceeded(
      'variables.t.left.left.left.left.left.left.left.left.left.left.left.left.left.left.left.left.left.left.left.left: nested 21 levels deep or deeper; at most 20 are allowed (limits.input_depth).',
      'input_depth',
      21,
      20,
    ),
  },
  'recursion in JSON': {
    body: `{"query":"query ($t: Any) { count(any: $t) }","variables":{"t":${nested(15_000, '[', ']')}}}`,
    answer: exceeded(
      `variables.t${'[0]'.repeat(20)}: nested 21 levels deep or deeper; at most 20 are allowed (limits.input_depth).`,
      'input_depth',
      21,
      20,
    ),
  },
  'recursion in JSON, as deep as a body can be': {
    body: `{"query":"query ($t: Any) { count(any: $t) }","variables":{"t":${nested(500_000, '[', ']')}}}`,
    answer: tooManyValues,
  },
  'recursion in extensions': {
    body: `{"query":"{ __typename }","extensions":{"a":${nested(15_000, '[', ']')}}}`,
    answer: { status: 200, body: { data: { __typename: 'Query' } } },
  },
  'a huge variable': {
    body: { query: 'query ($id: ID!) { person(id: $id) { __typename } }', variables: { id: 'x'.repeat(1_000_000) } },
    answer: { status: 200, body: { data: { person: { __typename: 'Person' } } } },
  },
  'a text that looks like many values': {
    body: { query: 'query ($id: ID!) { person(id: $id) { __typename } }', variables: { id: '[{,"\\'.repeat(10_000) } },
    answer: { status: 200, body: { data: { person: { __typename: 'Person' } } } },
  },
  'variables that nobody declared': {
    body: { query: '{ __typename }', variables: undeclared(10_000) },
    answer: { status: 200, body: { data: { __typename: 'Query' } } },
  },
  'more variables that nobody declared': {
    body: { query: '{ __typename }', variables: undeclared(80_000) },
    answer: tooManyValues,
  },
  'a batch': {
    body: Array(1_000).fill({ query: '{ __typename }' }),
    answer: {
      status: 400,
      body: refused('BAD_REQUEST', 'JSON body must be an object: batches of operations are not taken'),
    },
  },
  '5 MB of comments': {
    body: { query: `${'#'.repeat(5_000_000)}\n{ __typename }` },
    answer: {
      status: 413,
      body: refused(
        'PAYLOAD_TOO_LARGE',
        'The request body is too large; at most 1048576 bytes are allowed (limits.body_bytes).',
        { limit: 'body_bytes', maximum: 1_048_576 },
      ),
    },
  },
  '900 KB of comments': {
    body: { query: `${'#'.repeat(900_000)}\n{ __typename }` },
    answer: exceeded(
      "The operation's text has 900015 characters; at most 100000 are allowed (limits.operation_characters).",
      'operation_characters',
      900_015,
      100_000,
    ),
  },
};

test('each gets its answer, which says what was exceeded, by how much, and what is allowed', async () => {
  for (const [what, { body, answer }] of Object.entries(attacks)) {
    assert.deepEqual(await ask(target, { token, body }), answer, what);
  }
  // Of all these only the two long texts have reached a subgraph, which is asked by them.
  assert.deepEqual([target.calls.people.length, target.calls.orders.length], [2, 0]);
});

for (const [what, { body, answer }] of Object.entries(attacks)) {
  test(`a flood of them: ${what}`, async (t) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const size = text.length;
    const count = size > 100_000 ? 20 : 300;
    const { counts, samples } = await whileAsked(t, target, () =>
      flood(target, count, () => ({ token, body: text }), 8),
    );
    if (answer.status === 413) assert.ok((counts['413'] ?? 0) + (counts.error ?? 0) === count, JSON.stringify(counts));
    else assert.deepEqual([counts, samples], [{ [answer.status]: count }, { [answer.status]: answer.body }]);
  });
}

test('a flood of texts that are all different, each as large as allowed', async (t) => {
  const sent = (i: number) => ({
    token,
    body: {
      query: `{ ${times(28, (j) => `a${i}_${j}: person(id: "${i}") { name friends { name friends { id } } }`)} }`,
    },
  });
  const { counts } = await whileAsked(t, target, () => flood(target, 60, sent));
  // They are run, or are to be sent again: there is only so much that may wait to be planned.
  const { 200: answered = 0, 503: busy = 0, ...others } = counts;
  assert.deepEqual([answered + busy, others], [60, {}]);
});
