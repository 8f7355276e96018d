import assert from 'node:assert/strict';
import { before, type TestContext, test } from 'node:test';
import { answersIn, ask, sendBytes, startTarget, type Target } from './fixture.ts';

// Names that JavaScript's objects have by themselves, wherever a client may write a name.

const names = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];

let target: Target;
let token: string;
const untouched = Object.getOwnPropertyNames(Object.prototype).sort();
before(async (t) => {
  target = await startTarget(t as TestContext, { introspection: true });
  token = await target.token('mallory');
});

/** Asks with a body in which no parser of ours has changed anything. */
async function answer(body: string): Promise<string> {
  const response = await fetch(`${target.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  });
  return `${response.status} ${await response.text()}`;
}

const bodyOf = (query: string, rest = '') => `{"query":${JSON.stringify(query)}${rest}}`;
const error = (message: string, code: string, locations?: [number, number]) =>
  JSON.stringify({
    errors: [
      {
        message,
        ...(locations && { locations: [{ line: locations[0], column: locations[1] }] }),
        extensions: { code },
      },
    ],
  });

for (const name of names) {
  test(`${name} as any name`, async () => {
    const says: Record<string, [string, string]> = {
      'an alias at the root and below': [
        bodyOf(`{ ${name}: person(id: "1") { ${name}: name n: __typename friends { ${name}: id } } }`),
        `200 {"data":{"${name}":{"${name}":"Person 1","n":"Person","friends":[{"${name}":"1f"}]}}}`,
      ],
      'an alias of what another subgraph has': [
        bodyOf(`{ person(id: "1") { ${name}: orders { ${name}: number } } }`),
        `200 {"data":{"person":{"${name}":[{"${name}":"1-1"}]}}}`,
      ],
      'an alias of the schema': [
        bodyOf(`{ ${name}: __type(name: "Mood") { ${name}: name } }`),
        `200 {"data":{"${name}":{"${name}":"Mood"}}}`,
      ],
      "the schema's types": [bodyOf(`{ __type(name: "${name}") { name } }`), '200 {"data":{"__type":null}}'],
      'a fragment and an operation': [
        bodyOf(
          `query ${name} { person(id: "1") { ...${name} } } fragment ${name} on Person { name }`,
          `,"operationName":"${name}"`,
        ),
        '200 {"data":{"person":{"name":"Person 1"}}}',
      ],
      'a variable': [
        bodyOf(`query ($${name}: ID!) { person(id: $${name}) { id } }`, `,"variables":{"${name}":"7"}`),
        '200 {"data":{"person":{"id":"7"}}}',
      ],
      'a variable with a default': [
        bodyOf(`query ($${name}: ID! = "8") { person(id: $${name}) { id } }`),
        '200 {"data":{"person":{"id":"8"}}}',
      ],
      'a variable that is missing': [
        bodyOf(`query ($${name}: ID!) { person(id: $${name}) { id } }`),
        `200 ${error(`Variable "$${name}" of required type "ID!" was not provided.`, 'BAD_USER_INPUT', [1, 8])}`,
      ],
      'variables that nobody asked for': [
        bodyOf('{ person(id: "1") { id } }', `,"variables":{"${name}":{"id":"9","isAdmin":true}}`),
        '200 {"data":{"person":{"id":"1"}}}',
      ],
      'the name of no operation': [
        bodyOf('{ __typename }', `,"operationName":"${name}"`),
        `200 ${error(`The document has no operation named "${name}".`, 'OPERATION_RESOLUTION_FAILURE')}`,
      ],
      extensions: [
        bodyOf('{ __typename }', `,"extensions":{"${name}":{"cost":true,"persistedQuery":{}}}`),
        '200 {"data":{"__typename":"Query"}}',
      ],
      parameters: [
        bodyOf('{ __typename }', `,"${name}":{"query":"{ x }","operationName":"y","variables":1}`),
        '200 {"data":{"__typename":"Query"}}',
      ],
      'parameters alone': [`{"${name}":{"query":"{ __typename }"}}`, `400 ${error('Missing query', 'BAD_REQUEST')}`],
      'an id': [
        bodyOf(`{ person(id: "${name}") { id name orders { number } } }`),
        `200 {"data":{"person":{"id":"${name}","name":"Person ${name}","orders":[{"number":"${name}-1"}]}}}`,
      ],
      'any JSON in variables': [
        bodyOf('query ($a: Any) { count(any: $a) }', `,"variables":{"a":{"${name}":{"${name}":1}}}`),
        '200 {"data":{"count":1}}',
      ],
      'any JSON in the text': [bodyOf(`{ count(any: { ${name}: { ${name}: 1 } }) }`), '200 {"data":{"count":1}}'],
    };
    for (const [what, [body, expected]] of Object.entries(says)) assert.equal(await answer(body), expected, what);
    assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), untouched);
    assert.equal(({} as { isAdmin?: unknown }).isAdmin, undefined);
  });

  test(`${name} as a name that the schema doesn't have`, async () => {
    const says: Record<string, [string, RegExp]> = {
      'a field': [bodyOf(`{ ${name} }`), /Cannot query field \\"\w+\\" on type \\"Query\\"/],
      'a type': [bodyOf(`{ ... on ${name} { id } }`), /Unknown type \\"\w+\\"/],
      'a directive': [bodyOf(`{ __typename @${name} }`), /Unknown directive \\"@\w+\\"/],
      'an argument': [bodyOf(`{ person(id: 1, ${name}: 2) { id } }`), /Unknown argument \\"\w+\\"/],
      'a fragment': [bodyOf(`{ ...${name} }`), /Unknown fragment \\"\w+\\"/],
      'a value of an enum': [bodyOf(`{ count(mood: ${name}) }`), /Value \\"\w+\\" does not exist in \\"Mood\\" enum/],
      'a value of an enum in variables': [
        bodyOf('query ($m: Mood) { count(mood: $m) }', `,"variables":{"m":"${name}"}`),
        /Expected a value of enum \\"Mood\\", got another string/,
      ],
      'a field of a filter': [
        bodyOf(`{ people(filter: { ${name}: { name: "x" } }) { id } }`),
        /Field \\"\w+\\" is not defined by type \\"PersonFilter\\"/,
      ],
      'a field of a filter in variables': [
        bodyOf(
          'query ($f: PersonFilter) { people(filter: $f) { id } }',
          `,"variables":{"f":{"and":[{"${name}":{"name":"x"}}]}}`,
        ),
        /Field \\"\w+\\" is not defined by type \\"PersonFilter\\"/,
      ],
    };
    for (const [what, [body, expected]] of Object.entries(says)) {
      const said = await answer(body);
      assert.match(said, expected, what);
      assert.match(
        said,
        /^200 \{"errors":\[\{[^{]*"locations":\[[^\]]*\],"extensions":\{"code":"[A-Z_]+"\}\}\]\}$/,
        what,
      );
    }
    assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), untouched);
  });

  test(`${name} as a header and in an address`, async () => {
    const query = 'query={person(id:%221%22){name}}';
    const bytes = (path: string, header: string) =>
      `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${token}\r\napollo-require-preflight: 1\r\n${header}: x\r\n${header}: y\r\n\r\n`;
    const said = answersIn(
      await sendBytes(target, bytes(`/graphql?${query}&${name}=x&variables={%22${name}%22:1}`, name)),
    );
    assert.deepEqual(said, [{ status: 200, body: { data: { person: { name: 'Person 1' } } } }]);
    const [nothing] = answersIn(await sendBytes(target, bytes(`/${name}`, name)));
    assert.equal(nothing?.status, 404);
    const withHeader = await ask(target, {
      token,
      headers: { [name]: 'x', 'x-request-id': name },
      body: bodyOf('{ __typename }'),
    });
    assert.deepEqual(withHeader, { status: 200, body: { data: { __typename: 'Query' } } });
    for (const credential of [name, `jct_${name}_${'a'.repeat(43)}`]) {
      assert.equal((await ask(target, { token: credential, body: bodyOf('{ __typename }') })).status, 401, credential);
    }
  });
}
