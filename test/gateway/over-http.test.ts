import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { post, run } from './fixture.ts';

const type = 'application/graphql-response+json';
const json = 'application/json; charset=utf-8';

/** What a client sends, and what it gets: status, content type, and the body. */
const requests = {
  'a query by GET': {
    send: (origin: string) => fetch(`${origin}/graphql?query={customer(id:"1"){name}}`),
    answer: [200, json, { data: { customer: { name: 'Ada' } } }],
  },
  'a query by GET with variables and a name': {
    send: (origin: string) =>
      fetch(
        `${origin}/graphql?${new URLSearchParams({
          query: 'query A { __typename } query B($id: ID!) { customer(id: $id) { name } }',
          operationName: 'B',
          variables: '{"id":"2"}',
        })}`,
        { headers: { accept: type } },
      ),
    answer: [200, `${type}; charset=utf-8`, { data: { customer: { name: 'Grace' } } }],
  },
  'a mutation by GET': {
    send: (origin: string) => fetch(`${origin}/graphql?query=mutation{x}`),
    answer: [
      200,
      json,
      {
        errors: [
          {
            message: 'This schema has no mutations.',
            locations: [{ line: 1, column: 1 }],
            extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
          },
        ],
      },
    ],
  },
  'a syntax error': {
    send: (origin: string) => post(origin, '{"query":"{"}'),
    answer: [
      200,
      json,
      {
        errors: [
          {
            message: 'Syntax Error: Expected Name, found <EOF>.',
            locations: [{ line: 1, column: 2 }],
            extensions: { code: 'GRAPHQL_PARSE_FAILED' },
          },
        ],
      },
    ],
  },
  'a text of too many tokens': {
    send: (origin: string) => post(origin, JSON.stringify({ query: `{ ${'x '.repeat(15_000)} }` })),
    answer: [
      400,
      json,
      {
        errors: [
          {
            message: 'The operation has more than 5000 tokens; at most 5000 are allowed (limits.tokens).',
            extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'tokens', value: 5001, maximum: 5000 },
          },
        ],
      },
    ],
  },
  'an unknown field': {
    send: (origin: string) => post(origin, '{"query":"{ nothing }"}', { headers: { accept: type } }),
    answer: [
      400,
      `${type}; charset=utf-8`,
      {
        errors: [
          {
            message: 'Cannot query field "nothing" on type "Query".',
            locations: [{ line: 1, column: 3 }],
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
          },
        ],
      },
    ],
  },
  'a variable of the wrong type': {
    send: (origin: string) =>
      post(origin, '{"query":"query ($id: ID!) { customer(id: $id) { id } }","variables":{"id":[1]}}', {
        headers: { accept: type },
      }),
    answer: [
      400,
      `${type}; charset=utf-8`,
      {
        errors: [
          {
            message: 'Variable "$id" got an invalid value; Expected ID, got a list of 1.',
            locations: [{ line: 1, column: 8 }],
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
      },
    ],
  },
  'an operation name that is not there': {
    send: (origin: string) => post(origin, '{"query":"query A { __typename }","operationName":"B"}'),
    answer: [200, json, refused('OPERATION_RESOLUTION_FAILURE', 'The document has no operation named "B".')],
  },
  'two operations and no name': {
    send: (origin: string) => post(origin, '{"query":"query A { __typename } query B { __typename }"}'),
    answer: [
      200,
      json,
      refused('OPERATION_RESOLUTION_FAILURE', 'The document has 2 operations. Expected "operationName" to choose one.'),
    ],
  },
  'no query': {
    send: (origin: string) => post(origin, '{}'),
    answer: [400, json, refused('BAD_REQUEST', 'Missing query')],
  },
  'a body that is not JSON': {
    send: (origin: string) => post(origin, '{"query'),
    answer: [400, json, refused('BAD_REQUEST', 'Unparsable JSON body')],
  },
  'a body of another type': {
    send: (origin: string) => post(origin, 'query={a}', { headers: { 'content-type': 'text/plain' } }),
    answer: [415, json, refused('UNSUPPORTED_MEDIA_TYPE', 'Expected the content type application/json, in UTF-8.')],
  },
  'a wish for HTML': {
    send: (origin: string) => post(origin, '{"query":"{a}"}', { headers: { accept: 'text/html' } }),
    answer: [
      406,
      json,
      refused(
        'NOT_ACCEPTABLE',
        'Expected an Accept header with application/graphql-response+json or application/json.',
      ),
    ],
  },
  'another method': {
    send: (origin: string) => post(origin, '{"query":"{a}"}', { method: 'PUT' }),
    answer: [405, json, refused('METHOD_NOT_ALLOWED', 'Expected POST, or GET for queries.')],
  },
  'more than 1 MiB': {
    send: (origin: string) => post(origin, JSON.stringify({ query: `{ ${'x'.repeat(1024 * 1024)} }` })),
    answer: [
      413,
      json,
      {
        errors: [
          {
            message: 'The request body is too large; at most 1048576 bytes are allowed (limits.body_bytes).',
            extensions: { code: 'PAYLOAD_TOO_LARGE', limit: 'body_bytes', maximum: 1_048_576 },
          },
        ],
      },
    ],
  },
  'another route': {
    send: (origin: string) => fetch(`${origin}/wp-admin`),
    answer: [404, json, refused('NOT_FOUND', 'Nothing is served here. GraphQL is at /graphql.')],
  },
  'a route that is no text': {
    send: (origin: string) => fetch(`${origin}/%ff`),
    answer: [400, json, refused('BAD_REQUEST', 'The request is malformed.')],
  },
} as const;

for (const [what, { send, answer }] of Object.entries(requests)) {
  test(`over HTTP: ${what}`, async (t) => {
    const { origin } = await run(t);
    const response = await send(origin);
    assert.deepEqual([response.status, response.headers.get('content-type'), await response.json()], answer);
  });
}

test('what is not HTTP is refused in the same shape', async (t) => {
  const { origin } = await run(t);
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.end('HELLO\r\n\r\n');
  const [head, body] = (await socket.toArray()).join('').split('\r\n\r\n');
  assert.match(head ?? '', /^HTTP\/1\.1 400 .*\r\nconnection: close/s);
  assert.deepEqual(JSON.parse(body ?? ''), refused('BAD_REQUEST', 'The request is malformed.'));
});

test("every answer carries the request's id: the client's, or a new one where it could do harm", async (t) => {
  const { origin } = await run(t);
  const id = async (given: string) => {
    const response = await fetch(`${origin}/health/live`, { headers: { 'x-request-id': given } });
    await response.body?.cancel();
    return response.headers.get('x-request-id');
  };
  assert.equal(await id('a1.B-2:c_3'), 'a1.B-2:c_3');
  assert.match((await id('x'.repeat(65))) ?? '', /^[0-9a-f-]{36}$/);
  assert.match((await id('two words')) ?? '', /^[0-9a-f-]{36}$/);
});

function refused(code: string, message: string) {
  return { errors: [{ message, extensions: { code } }] };
}

test('a document nested as deeply as its tokens allow is refused, not an internal error', async (t) => {
  const { origin } = await run(t);
  const response = await post(origin, JSON.stringify({ query: `{ a(b: ${'['.repeat(2490)}${']'.repeat(2490)}) }` }));
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  assert.equal(errors.length, 1);
  // Which of the two depends on the stack of the process that reads it.
  assert.match(errors[0]?.extensions.code ?? '', /^(GRAPHQL_PARSE_FAILED|OPERATION_LIMIT_EXCEEDED)$/);
});
