import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildASTSchema, type OperationDefinitionNode, parse } from 'graphql';
import { readCostDirectives } from '../../../gateway/operations/cost/directives.ts';
import { estimateCost } from '../../../gateway/operations/cost/estimate.ts';
import { largestCost } from '../../../gateway/operations/cost/expression.ts';
import { weigh } from '../../../gateway/operations/cost/weigh.ts';
import { expand } from '../../../gateway/operations/lower/expand.ts';
import { compose } from '../../../gateway/supergraph/compose.ts';
import { estimateOf, link, weighed } from './cost-fixture.ts';

const items = `
  type Query { items(first: Int): [Item] @listSize(slicingArguments: ["first"])  item: Item }
  type Item { id: ID  item: Item  items(first: Int): [Item] @listSize(slicingArguments: ["first"]) }
`;

test('what no variable decides is one number', () => {
  const [{ expression }] = weighed(items, '{ items(first: 5) { item { id } } item { id } }');
  assert.deepEqual(expression, {
    terms: [],
    total: 11,
    inputs: {},
    objects: [
      { weight: 1, fields: [] },
      { weight: 1, fields: [{ key: 'item', of: 0 }] },
      {
        weight: 1,
        fields: [
          { key: 'items', of: 1 },
          { key: 'item', of: 0 },
        ],
      },
    ],
    root: 2,
  });
});

test('a variable that is used often is read once', () => {
  const [{ expression }] = weighed(items, 'query ($n: Int) { a: items(first: $n) { id } b: items(first: $n) { id } }');
  assert.deepEqual(expression.terms, [
    { kind: 'size', of: [{ variable: 'n' }], otherwise: 10 },
    { kind: 'sum', of: [[0], [0]] },
  ]);
});

test('a cost has an end', () => {
  const deep = (levels: number): string => (levels === 0 ? '{ id }' : `{ items(first: $n) ${deep(levels - 1)} }`);
  const query = `query ($n: Int) ${deep(19)}`;
  for (const n of [2_147_483_647, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
    assert.equal(estimateOf(items, query, { n }), largestCost);
  }
  const [, { expression, values }] = weighed(
    items,
    query.replaceAll('$n)', '2147483647)').replace('query ($n: Int)', ''),
  );
  assert.equal(estimateCost(expression, values), largestCost);
});

test('values that a variable cannot have are taken for none', () => {
  const sdl =
    'type Query { items(filter: Filter, first: Int): [Int] @listSize(slicingArguments: ["first"]) } input Filter { a: [Filter] }';
  const [{ expression }] = weighed(sdl, 'query ($n: Int, $f: Filter) { items(first: $n, filter: $f) }');
  for (const n of ['5', Number.NaN, {}, true, undefined, null]) {
    for (const f of ['x', 5, [], null, undefined, JSON.parse('{ "__proto__": { "a": {} }, "constructor": 1 }')]) {
      const cost = estimateCost(expression, { n, f });
      assert.ok(cost === 0 || cost === 1, `${JSON.stringify({ n, f })}: ${cost}`);
    }
  }
  // Nor does a variable borrow one from where objects come from.
  const named = 'query ($constructor: Filter, $toString: Int) { items(first: $toString, filter: $constructor) }';
  assert.equal(estimateOf(sdl, named, {}), 0);
});

test('a name that objects know means nothing', () => {
  const sdl = `
    type Query { constructor(toString: valueOf): hasOwnProperty }
    input valueOf { constructor: Int @cost(weight: 3) }
    type hasOwnProperty { toString: Int }`;
  const query = 'query ($constructor: valueOf) { constructor(toString: $constructor) { toString } }';
  assert.equal(estimateOf(sdl, query, { constructor: { constructor: 1 } }), 1 + 1 + 3);
});

test('fragments that multiply are weighed once each', () => {
  const levels = 12;
  const fragments = Array.from(
    { length: levels },
    (_, level) => `fragment F${level} on Item { a: item { ...F${level + 1} } b: item { ...F${level + 1} } }`,
  );
  const document = parse(
    `query ($n: Int) { items(first: $n) { ...F0 } } ${fragments.join(' ')} fragment F${levels} on Item { items(first: $n) { id } }`,
  );
  const definitions = parse(link + items);
  const { operation, reads } = counted(expand(document));
  const expression = weigh(operation, {
    schema: buildASTSchema(definitions, { assumeValidSDL: true }),
    costs: readCostDirectives(definitions),
    listSize: 10,
  });
  // Each of 2 ** 12 items at the bottom has a list of items.
  const atBottom = (n: number) => 2 ** (levels + 1) - 1 + 2 ** levels * n;
  assert.equal(estimateCost(expression, { n: 3 }), 3 * atBottom(3));
  assert.ok(reads() < 50 * levels, `${reads()}`);
  assert.ok(JSON.stringify(expression).length < 200 * levels);
});

test('the directives go by the names that the schema gives them', () => {
  const body = (cost: string, listSize: string) => `
    type Query { all(first: Int): [Thing] @${listSize}(slicingArguments: "first")  cost: Int @${cost}(weight: 5) }
    type Thing @${cost}(weight: 2) { id: ID }
    directive @other(weight: Int) on OBJECT
    type Unrelated @other(weight: 7) { id: ID }`;
  const url = 'url: "https://specs.apollo.dev/cost/v0.1"';
  for (const [schema, cost, listSize] of [
    [`schema @link(${url}, import: ["@cost", "@listSize"]) { query: Query }`, 'cost', 'listSize'],
    [`extend schema @link(${url}, import: ["@cost"])`, 'cost', 'cost__listSize'],
    [`extend schema @link(${url})`, 'cost', 'cost__listSize'],
    [`extend schema @link(${url}, as: "price")`, 'price', 'price__listSize'],
    [
      `extend schema @link(${url}, import: [{ name: "@cost", as: "@weight" }, { name: "@listSize", as: "@size" }])`,
      'weight',
      'size',
    ],
    [`extend schema @link(${url}, as: "price", import: ["@listSize"])`, 'price', 'listSize'],
  ] as const) {
    const { weights, listSizes } = readCostDirectives(parse(`${schema}\n${body(cost, listSize)}`));
    assert.deepEqual(Object.fromEntries(weights), { Thing: 2, 'Query.cost': 5 }, schema);
    assert.deepEqual(Object.fromEntries(listSizes), {
      'Query.all': { slicingArguments: ['first'], sizedFields: [], requireOneSlicingArgument: true },
    });
  }
  const { weights, listSizes } = readCostDirectives(parse(body('cost', 'listSize')));
  assert.deepEqual([weights.size, listSizes.size], [0, 0], "Without a link they are somebody else's.");
});

test('what subgraphs say is read from what is composed of them', () => {
  const { sdl } = compose([
    {
      name: 'a',
      url: 'http://a.test',
      where: 'a.graphql',
      sdl: `
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
          import: ["@shareable", { name: "@cost", as: "@weight" }, "@listSize"])
        type Query { things(filter: Filter @weight(weight: 3), first: Int): [Thing] @listSize(slicingArguments: ["first"], assumedSize: 8, requireOneSlicingArgument: false) }
        input Filter { slow: Slow @weight(weight: 2) }
        scalar Slow @weight(weight: 4)
        enum Kind @weight(weight: 6) { A }
        type Thing @weight(weight: 5) @shareable { id: ID @weight(weight: 1)  kind: Kind }`,
    },
    {
      name: 'b',
      url: 'http://b.test',
      where: 'b.graphql',
      sdl: `
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@shareable", { name: "@cost", as: "@weight" }])
        type Query { other: Thing } type Thing @weight(weight: 7) @shareable { id: ID  kind: Kind } enum Kind { A }`,
    },
  ]);
  const { weights, listSizes } = readCostDirectives(parse(sdl));
  assert.deepEqual(Object.fromEntries([...weights].sort()), {
    'Filter.slow': 2,
    Kind: 6,
    'Query.things(filter:)': 3,
    Slow: 4,
    Thing: 7,
    'Thing.id': 1,
  });
  assert.deepEqual(Object.fromEntries(listSizes), {
    'Query.things': { assumedSize: 8, slicingArguments: ['first'], sizedFields: [], requireOneSlicingArgument: false },
  });
});

/** The operation, with what counts how often a selection set's selections are read. */
function counted(operation: OperationDefinitionNode): { operation: OperationDefinitionNode; reads(): number } {
  let reads = 0;
  const known = new Map<object, object>();
  const watched = <Value>(value: Value): Value => {
    if (typeof value !== 'object' || value === null) return value;
    let proxy = known.get(value);
    if (!proxy) {
      proxy = new Proxy(value, {
        get(target, key) {
          if (key === 'selections') reads += 1;
          return watched(Reflect.get(target, key));
        },
      });
      known.set(value, proxy);
    }
    return proxy as Value;
  };
  return { operation: watched(operation), reads: () => reads };
}
