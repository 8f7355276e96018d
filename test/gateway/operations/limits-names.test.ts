import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema } from 'graphql';
import { defaultConfigFile } from '../../../gateway/config-file.ts';
import { readDocument } from '../../../gateway/operations/document.ts';

const schema = buildSchema(`
  type Query { customer(secretKey: SecretInput!, secretKind: SecretKind = ALPHA): SecretCustomer  any: SecretUnion  number: SecretNumber }
  type SecretCustomer { name: String  orders(secretFirst: Int): [SecretOrder!]!  same: SecretNumber }
  type SecretOrder { number: ID  same: SecretKind }
  union SecretUnion = SecretCustomer | SecretOrder
  input SecretInput { secretField: SecretKind!  choice: SecretChoice }
  input SecretChoice @oneOf { secretLeft: Int  secretRight: Int }
  enum SecretKind { ALPHA BETA }
  scalar SecretNumber
`);

/** What is said of a text where the schema may be read, and where not. */
const probes: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'a field that is not there': ['{ any { nope } }', ['Cannot query field "nope" on type "…".']],
  'a field that is nearly there': ['{ custome }', ['Cannot query field "custome" on type "Query".']],
  'an argument that is not there': [
    '{ any { ... on SecretCustomer { orders(nope: 1) { number } } } }',
    ['Unknown argument "nope" on field "SecretCustomer.orders".'],
  ],
  'an argument that is missing': [
    '{ customer { name } }',
    ['Field "customer" argument "…" of type "…!" is required, but it was not provided.'],
  ],
  'an object without fields': [
    '{ any }',
    ['Field "any" of type "…" must have a selection of subfields. Did you mean "any { ... }"?'],
  ],
  'a scalar with fields': [
    '{ number { x } }',
    ['Field "number" must not have a selection since type "…" has no subfields.'],
  ],
  'a fragment of a type that it cannot be': [
    '{ ... on SecretOrder { number } }',
    ['Fragment cannot be spread here as objects of type "Query" can never be of type "SecretOrder".'],
  ],
  'a type that is not there': ['{ ... on SecretOrders { number } }', ['Unknown type "SecretOrders".']],
  'a field of an input that is missing': [
    '{ customer(secretKey: {}) { name } }',
    ['Field "….…" of required type "…!" was not provided.'],
  ],
  'a field of an input that is not there': [
    '{ customer(secretKey: { secretField: ALPHA, secretFieldd: 1 }) { name } }',
    ['Field "secretFieldd" is not defined by type "…".'],
  ],
  'a value of an enum that is not there': [
    '{ customer(secretKey: { secretField: ALPHAA }) { name } }',
    ['Value "ALPHAA" does not exist in "…" enum.'],
  ],
  'a text where an enum is expected': [
    String.raw`{ customer(secretKey: { secretField: "A \" B" }) { name } }`,
    [String.raw`Enum "…" cannot represent non-enum value: "A \" B".`],
  ],
  'a choice of none': [
    '{ customer(secretKey: { secretField: BETA, choice: {} }) { name } }',
    ['OneOf Input Object "…" must specify exactly one key.'],
  ],
  'a choice of null': [
    '{ customer(secretKey: { secretField: BETA, choice: { secretLeft: null } }) { name } }',
    ['Field "….secretLeft" must be non-null.'],
  ],
  'a number where an object is expected': [
    '{ customer(secretKey: 5) { name } }',
    ['Expected value of type "…!", found 5.'],
  ],
  'a variable of another type': [
    'query ($x: Int!) { customer(secretKey: $x) { name } }',
    ['Variable "$x" of type "Int!" used in position expecting type "…!".'],
  ],
  'types that conflict': [
    '{ any { ... on SecretCustomer { same } ... on SecretOrder { same } } }',
    [
      'Fields "same" conflict because they return conflicting types "…" and "…". Use different aliases on the fields to fetch both if this was intentional.',
    ],
  ],
};

for (const [what, [query, expected]] of Object.entries(probes)) {
  test(`probing tells no names: ${what}`, () => {
    assert.deepEqual(messagesOf(query, false), expected);
    // Where the schema may be read anyway, the names help.
    const open = messagesOf(query, true);
    assert.equal(open.length, expected.length);
    if (open[0]?.includes('…')) assert.fail(open[0]);
  });
}

test('no message names anything that the text does not', () => {
  const names = [
    ...Object.keys(schema.getTypeMap()),
    'secretKey',
    'secretKind',
    'secretFirst',
    'secretField',
    'secretLeft',
    'secretRight',
    'BETA',
  ];
  const secret = names.filter((name) => /secret|ALPHA|BETA/i.test(name));
  for (const [query] of Object.values(probes)) {
    for (const message of messagesOf(query, false)) {
      for (const name of secret) {
        if (!query.includes(name)) assert.ok(!message.includes(name), `${query}: ${message}`);
      }
    }
  }
});

test('a message that is cut off inside a name tells none of it', () => {
  // GraphQL shortens what it says of a conflict after 1,000 characters.
  for (let length = 900; length < 1_000; length++) {
    const alias = 'x'.repeat(length);
    const query = `{ a: any { ... on SecretCustomer { ${alias}: same } } a: any { ... on SecretOrder { ${alias}: same } } }`;
    const [message = ''] = messagesOf(query, false);
    assert.match(message, /conflict/);
    assert.doesNotMatch(message, /SecretN|SecretK|Number|Kind/);
  }
});

function messagesOf(query: string, introspection: boolean): readonly string[] {
  const document = readDocument({ schema, introspection }, query, undefined, defaultConfigFile.limits);
  return 'errors' in document ? document.errors.map(({ message }) => message) : [];
}
