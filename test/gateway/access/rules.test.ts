import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { composed, type Ruled, type RuledSubgraph, ruled, told } from './rules-fixture.ts';

// Where rules may stand, and what they are when more than one holds for a field.

const film = { id: '1', title: 'Vertigo', rating: 'TEEN', price: '9.90', cast: ['Novak'], budget: 5, gross: 9 };

const films: RuledSubgraph = {
  sdl: `
type Query { film: Film secret: Secret open: Int tree: Tree }
type Mutation { rate: Film fire: Film @requiresScopes(scopes: [["fire"]]) }
type Film @key(fields: "id") {
  id: ID! @requiresScopes(scopes: [["ids"]])
  title: String
  rating: Rating
  ratings: [Rating!]!
  price: Price
  cast: [String] @requiresScopes(scopes: [["cast", "films"], ["all"]])
  budget: Int @requiresScopes(scopes: [["money"]])
  shared: Int @shareable @requiresScopes(scopes: [["left"], ["both"]])
  adult: Boolean @policy(policies: [["adult"]])
  next: Film
}
enum Rating @requiresScopes(scopes: [["ratings"]]) { CHILD TEEN }
scalar Price @authenticated
type Secret @authenticated @requiresScopes(scopes: [["secrets"]]) { word: String open: Int }
type Tree { left: Tree right: Tree! leaf: Int @authenticated fruit: Int! @authenticated }
`,
  resolvers: {
    Query: { film: () => film, secret: () => ({ word: 'sesame', open: 1 }), open: () => 1, tree: () => tree },
    Mutation: { rate: () => film, fire: () => film },
    Film: {
      ratings: () => ['TEEN'],
      shared: () => 1,
      adult: () => true,
      next: () => film,
      __resolveReference: () => film,
    },
  },
};
const tree = { leaf: 1, fruit: 2, left: () => tree, right: () => tree };
const studios: RuledSubgraph = {
  sdl: `
type Query { studio: Int }
type Film @key(fields: "id") {
  id: ID!
  budget: Int @external
  margin: Int @requires(fields: "budget") @requiresScopes(scopes: [["money"]])
  shared: Int @shareable @requiresScopes(scopes: [["right"]])
  studio: String
}
`,
  resolvers: {
    Film: { margin: ({ budget }: { budget: number }) => 9 - budget, shared: () => 1, studio: () => 'Paramount' },
  },
};
const subgraphs = { films, studios };

describe('a rule', () => {
  let running: Ruled;
  const ask: Ruled['ask'] = (...args) => running.ask(...args);
  before(async () => {
    const adult = { claim: 'sub', equals: 'adult' } as const;
    running = await ruled(subgraphs, { policies: { adult } });
  });
  after(() => running?.close());

  /** What somebody with these scopes gets: the data, the errors, and what subgraphs have given. */
  async function asks(
    query: string,
    scopes: string | undefined,
  ): Promise<readonly [unknown, readonly string[], readonly string[]]> {
    running.given();
    const answer = await ask(query, scopes);
    return [answer.data, told(answer), running.given()];
  }

  /** Those scopes with which it is answered. */
  async function allowed(query: string, scopes: readonly string[]): Promise<string[]> {
    const refusals = await Promise.all(scopes.map(async (each) => (await ask(query, each)).errors));
    return scopes.filter((_each, i) => refusals[i] === undefined);
  }

  test('on an enum, guards the fields that give it, lists of it too', async () => {
    assert.deepEqual(await asks('{ film { title rating } }', 'none'), [
      { film: { title: 'Vertigo', rating: null } },
      ['film.rating: Not allowed: Film.rating requires the scope ratings.'],
      ['films Film.title', 'films Query.film'],
    ]);
    assert.deepEqual(await asks('{ film { title ratings } }', 'none'), [
      { film: null },
      ['film.ratings: Not allowed: Film.ratings requires the scope ratings.'],
      ['films Film.title', 'films Query.film'],
    ]);
    const [data] = await asks('{ film { rating ratings } }', 'ratings');
    assert.deepEqual(data, { film: { rating: 'TEEN', ratings: ['TEEN'] } });
  });

  test('on a scalar, likewise', async () => {
    assert.deepEqual(await asks('{ film { title price } }', undefined), [
      { film: { title: 'Vertigo', price: null } },
      ['film.price: Not allowed: Film.price requires authentication.'],
      ['films Film.title', 'films Query.film'],
    ]);
    assert.deepEqual((await asks('{ film { price } }', 'none'))[0], { film: { price: '9.90' } });
  });

  test('on an object holds for each of its fields and each field that gives one', async () => {
    assert.deepEqual(await asks('{ open secret { word } }', 'none'), [
      { open: 1, secret: null },
      ['secret: Not allowed: Query.secret requires the scope secrets.'],
      ['films Query.open'],
    ]);
    assert.deepEqual((await asks('{ secret { word } }', undefined))[1], [
      'secret: Not allowed: Query.secret requires authentication, and the scope secrets.',
    ]);
    assert.deepEqual((await asks('{ secret { word } }', 'secrets'))[0], { secret: { word: 'sesame' } });
  });

  test('with several groups of scopes wants all of one of them', async () => {
    const scopes = ['none', 'cast', 'films', 'cast.films', 'all', 'films.all'];
    assert.deepEqual(await allowed('{ film { cast } }', scopes), ['cast.films', 'all', 'films.all']);
    assert.deepEqual((await asks('{ film { cast } }', 'cast'))[1], [
      'film.cast: Not allowed: Film.cast requires the scope all, or the scopes cast and films.',
    ]);
  });

  test('of one subgraph and a rule of another on the same field both hold', async () => {
    const scopes = ['left', 'right', 'both', 'left.both', 'left.right', 'both.right'];
    assert.deepEqual(await allowed('{ film { shared } }', scopes), ['left.right', 'both.right']);
  });

  test('on a field that another requires: neither is fetched', async () => {
    assert.deepEqual(await asks('{ film { title margin } }', 'none'), [
      { film: { title: 'Vertigo', margin: null } },
      ['film.margin: Not allowed: Film.margin requires the scope money.'],
      ['films Film.title', 'films Query.film'],
    ]);
    assert.deepEqual((await asks('{ film { margin } }', 'money'))[0], { film: { margin: 4 } });
  });

  test('on a key: it is used to find the object, and not given', async () => {
    assert.deepEqual((await asks('{ film { id studio } }', 'none')).slice(0, 2), [
      { film: null },
      ['film.id: Not allowed: Film.id requires the scope ids.'],
    ]);
    assert.deepEqual((await asks('{ film { studio name: title } }', 'none')).slice(0, 2), [
      { film: { studio: 'Paramount', name: 'Vertigo' } },
      [],
    ]);
  });

  test('by a policy holds for those of whom its condition does', async () => {
    assert.deepEqual((await asks('{ film { adult } }', 'adult'))[0], { film: { adult: true } });
    for (const who of ['child', undefined]) {
      assert.deepEqual(await asks('{ film { adult } }', who), [
        { film: null },
        ['film.adult: Not allowed: Film.adult requires the policy adult.'],
        [],
      ]);
    }
  });

  test('is not got around by another key, a fragment, a variable or a place further in', async () => {
    for (const query of [
      '{ film { title: budget } }',
      '{ film { ...F } } fragment F on Film { ...G } fragment G on Film { budget }',
      '{ film { next { next { ... on Film { budget } } } } }',
      'query($no: Boolean! = false) { film { budget @skip(if: $no) title @include(if: $no) } }',
      '{ film { margin title: margin } }',
    ]) {
      const [data, errors, given] = await asks(query, 'none');
      assert.ok(errors.length > 0, query);
      assert.doesNotMatch(JSON.stringify(data), /[0-9]/, query);
      assert.ok(!given.some((field) => /budget|margin/.test(field)), query);
    }
  });

  test('where it is skipped says nothing', async () => {
    const query = 'query($with: Boolean!) { film { title budget @include(if: $with) } }';
    assert.deepEqual(await ask(query, 'none', { with: false }), { status: 200, data: { film: { title: 'Vertigo' } } });
    assert.equal((await ask(query, 'none', { with: true })).errors?.length, 1);
  });

  test('below required fields carries null up, and below optional ones nothing is fetched', async () => {
    assert.deepEqual(await asks('{ tree { left { leaf } } }', undefined), [
      { tree: null },
      ['tree.left.leaf: Not allowed: Tree.leaf requires authentication.'],
      [],
    ]);
    assert.deepEqual(await asks('{ tree { right { leaf } } }', undefined), [
      { tree: { right: { leaf: null } } },
      ['tree.right.leaf: Not allowed: Tree.leaf requires authentication.'],
      ['films Query.tree', 'films Tree.right'],
    ]);
    assert.deepEqual((await asks('{ tree { right { right { fruit } } } open }', undefined)).slice(0, 2), [
      { tree: null, open: 1 },
      ['tree.right.right.fruit: Not allowed: Tree.fruit requires authentication.'],
    ]);
  });

  test('on a mutation: it is not carried out, and the others are', async () => {
    assert.deepEqual(await asks('mutation { rate { title } fire { title } again: rate { budget } }', 'none'), [
      { rate: { title: 'Vertigo' }, fire: null, again: { budget: null } },
      [
        'again.budget: Not allowed: Film.budget requires the scope money.',
        'fire: Not allowed: Mutation.fire requires the scope fire.',
      ],
      ['films Film.title', 'films Mutation.rate'],
    ]);
  });

  test('does not close the schema, nor what no rule guards', async () => {
    const schema = await ask('{ __type(name: "Secret") { name } __typename open }');
    assert.deepEqual(schema, { status: 200, data: { __type: { name: 'Secret' }, __typename: 'Query', open: 1 } });
  });
});

test('in reject mode, one refused part refuses the operation, unless it is skipped', async (t) => {
  const { ask, given, close } = await ruled(subgraphs, { mode: 'reject' });
  t.after(close);
  const query = 'query($with: Boolean!) { open film { title budget @include(if: $with) } }';
  assert.equal((await ask(query, 'none', { with: false })).status, 200);
  given();
  const refused = await ask(query, 'none', { with: true });
  assert.equal(refused.status, 403);
  assert.ok(!('data' in refused));
  assert.deepEqual(told(refused), ['film.budget: Not allowed: Film.budget requires the scope money.']);
  assert.equal((await ask(query, undefined, { with: true })).status, 401);
  assert.equal((await ask('mutation { rate { title } fire { title } }', 'none')).status, 403);
  assert.deepEqual(given(), []);
});

test('names that are imported under others, and rules on all of Query', async (t) => {
  const sdl = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", as: "fed", import: [{ name: "@requiresScopes", as: "@needs" }, "@key"])
type Query @fed__authenticated { title: String budget: Int @needs(scopes: ["money"]) policed: Int @fed__policy(policies: "police") }
`;
  const resolvers = { Query: { title: () => 'Vertigo', budget: () => 5, policed: () => 1 } };
  const { ask, given, close } = await ruled({
    films: { sdl, served: 'type Query { title: String budget: Int policed: Int }', resolvers },
  });
  t.after(close);
  const query = '{ title budget policed }';
  const anonymous = await ask(query);
  assert.deepEqual(anonymous.data, { title: null, budget: null, policed: null });
  assert.deepEqual(told(anonymous), [
    'budget: Not allowed: Query.budget requires authentication, and the scope money.',
    'policed: Not allowed: Query.policed requires authentication, and the policy police.',
    'title: Not allowed: Query.title requires authentication.',
  ]);
  assert.deepEqual(given(), []);
  assert.deepEqual((await ask(query, 'none')).data, { title: 'Vertigo', budget: null, policed: null });
  assert.deepEqual(given(), ['films Query.title']);
  assert.deepEqual((await ask(query, 'money')).data, { title: 'Vertigo', budget: 5, policed: null });
});

test('composition refuses a field that is guarded less than what it requires', () => {
  const less = { ...studios, sdl: studios.sdl.replace(' @requiresScopes(scopes: [["money"]])', '') };
  assert.throws(() => composed({ films, studios: less }), {
    message:
      '[studios] Field "Film.margin" does not specify necessary @authenticated, @requiresScopes and/or @policy auth requirements to access the ' +
      'transitive field "Film.budget" data from @requires selection set.',
  });
});

test('composition refuses a rule on an interface', () => {
  const sdl =
    'type Query { media: Media } interface Media @authenticated { title: String } type Film implements Media { title: String }';
  assert.throws(() => composed({ films: { sdl } }), /@authenticated cannot be applied on interfaces/);
});
