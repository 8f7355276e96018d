import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Planner } from '../../../gateway/operations/planner.ts';
import type { Program } from '../../../gateway/operations/program.ts';
import { plannerOf, programOf, refusalOf, wide } from './lower-fixture.ts';

let planner: Planner;
/** With limits that hardly ever refuse. */
let patient: Planner;

before(async () => {
  const subgraphs = {
    a: `
      scalar Any
      enum Color { RED BLUE @inaccessible }
      interface Named { name: String  self: Named }
      interface Node @key(fields: "id") { id: ID! }
      union Pick = Item | Box | Hidden
      type Query { item(n: Int): Item  named: [Named!]!  pick: Pick  node: Node }
      type Item implements Node & Named @key(fields: "id") {
        id: ID!  name: String  self: Named  color: Color!  any: Any  sizes: [[Float!]]  item(n: Int): Item
      }
      type Box implements Named { name: String  self: Named  count: Int }
      type Hidden implements Named @inaccessible { name: String  self: Named }`,
    b: 'type Node @interfaceObject @key(fields: "id") { id: ID!  rating: Int }',
  };
  [planner, patient] = await Promise.all([plannerOf(subgraphs), plannerOf(subgraphs, { limits: wide })]);
});

/** What is asked of the objects of a type, in short: `key` or `key?condition`. */
function asked({ selections }: Program, of: string): string[][] {
  return selections
    .filter(({ type }) => type === of)
    .map(({ fields }) =>
      fields.map(({ key, when }) => {
        const groups = when?.map((group) =>
          group.map(({ variable, is }) => (is ? variable : `!${variable}`)).join('&'),
        );
        return groups ? `${key}?${groups.join('|')}` : key;
      }),
    );
}

test('a field says what its value must be', () => {
  const { selections, enums } = programOf(planner, '{ item { id color any sizes kind: __typename } named { name } }');
  assert.deepEqual(selections[0], {
    type: 'Query',
    fields: [
      { key: 'item', value: { kind: 'object', selection: 1 } },
      {
        key: 'named',
        value: {
          required: true,
          kind: 'list',
          // Clients don't see `Hidden`.
          of: { required: true, kind: 'abstract', type: 'Named', selections: { Box: 2, Item: 3 } },
        },
      },
    ],
  });
  assert.deepEqual(selections[1], {
    type: 'Item',
    fields: [
      { key: 'id', value: { required: true, kind: 'leaf', type: 'ID' } },
      { key: 'color', value: { required: true, kind: 'enum', type: 'Color' } },
      { key: 'any', value: { kind: 'scalar', type: 'Any' } },
      {
        key: 'sizes',
        value: { kind: 'list', of: { kind: 'list', of: { required: true, kind: 'leaf', type: 'Float' } } },
      },
      { key: 'kind', name: '__typename', value: { required: true, kind: 'typename', name: 'Item' } },
    ],
  });
  assert.deepEqual(enums, { Color: ['RED'] });
});

test('equal keys are merged, in the order in which they come first', () => {
  const program = programOf(
    planner,
    '{ named { name ...F ... on Item { id self { name } } } } fragment F on Item { self { ... on Box { count } } name any }',
  );
  assert.deepEqual(asked(program, 'Item'), [['name', 'self', 'any', 'id'], ['name']]);
  assert.deepEqual(asked(program, 'Box'), [['name'], ['count', 'name']]);
});

test('conditions of all occurrences are joined; literal ones are decided', () => {
  const program = programOf(
    planner,
    `query ($a: Boolean!, $b: Boolean!) {
      item {
        id @include(if: $a)
        ... @skip(if: $b) { id any @include(if: $a) name @skip(if: true) }
        any @include(if: $a)
        color @include(if: true)
        sizes @skip(if: $a)
        ... @include(if: $a) { sizes @skip(if: $a) }
        item @include(if: $a) { id @skip(if: $a) @include(if: $a) }
      }
    }`,
  );
  assert.deepEqual(asked(program, 'Item'), [['id?a|!b', 'any?a', 'color', 'sizes?!a', 'item?a'], []]);
});

test('what is asked for below an occurrence holds when the occurrence does', () => {
  const program = programOf(
    planner,
    `query ($a: Boolean!, $b: Boolean!) {
      item {
        item @include(if: $a) { id name }
        item @skip(if: $b) { id any @include(if: $a) }
      }
      one: item { item @include(if: $a) { id } }
    }`,
  );
  assert.deepEqual(asked(program, 'Item'), [
    ['item?a|!b'],
    // At its second place where the first is skipped: the answer's order depends on that.
    ['id?a', 'name?a', 'id?!a&!b', 'any?!b&a'],
    ['item?a'],
    // The only occurrence holds wherever its object is looked at.
    ['id'],
  ]);
});

test('a fragment that is spread under different conditions counts for each', () => {
  const program = programOf(
    planner,
    `query ($a: Boolean!, $b: Boolean!) { item { ...F @include(if: $a) ...F @include(if: $b) ...G ...G @skip(if: $a) } }
    fragment F on Item { id } fragment G on Item { name }`,
  );
  assert.deepEqual(asked(program, 'Item'), [['id?a|b', 'name']]);
});

test('an interface that is an object in a subgraph is asked for what the interface itself has', () => {
  const program = programOf(planner, '{ node { rating ... on Item { name } ... on Node { id __typename } } }');
  assert.deepEqual(program.interfaceObjects, ['Node']);
  assert.deepEqual(asked(program, 'Node'), [['rating', 'id', '__typename']]);
  assert.deepEqual(program.selections.find(({ type }) => type === 'Node')?.fields.at(-1)?.value, {
    required: true,
    kind: 'typename',
    name: null,
  });
  assert.deepEqual(programOf(planner, '{ pick { ... on Item { id } } }').interfaceObjects, []);
});

test('selections are shared: nested abstract types do not multiply', () => {
  const nested = (depth: number): string => (depth === 0 ? 'name' : `self { ${nested(depth - 1)} }`);
  const { selections } = programOf(planner, `{ named { ${nested(12)} } }`);
  assert.equal(selections.length, 1 + 2 * 13);
});

test('conditions that combine without end are refused', () => {
  const variables = Array.from({ length: 9 }, (_, i) => `$v${i}: Boolean! $w${i}: Boolean!`);
  const nested = (i: number): string =>
    i === 9 ? 'id' : `... @include(if: $v${i}) { ${nested(i + 1)} } ... @include(if: $w${i}) { ${nested(i + 1)} }`;
  const text = `query (${variables.join(' ')}) { item { ${nested(0)} } }`;
  assert.deepEqual(refusalOf(patient, text), [
    {
      message: 'The operation is too complex: its @skip and @include directives combine in too many ways.',
      extensions: { code: 'OPERATION_TOO_COMPLEX' },
    },
  ]);
});
