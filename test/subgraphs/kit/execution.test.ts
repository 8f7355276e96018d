import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLScalarType,
  GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  parse,
} from 'graphql';
import type { Context } from '../../../subgraphs/kit/context.ts';
import { Operations } from '../../../subgraphs/kit/operations.ts';

const typeDefs = /* GraphQL */ `
  type Query { a(n: Int = 3): A  must: A!  things: [Thing!]  thing: Thing  matrix: [[Int]!]  word(text: String!): String }
  interface Thing { id: ID!  name: String  peer: Thing }
  type A implements Thing { id: ID!  name: String  peer: Thing  list: [A]  strict: [A!]!  must: A!  later: B  many: [B!]  level: Level }
  type B implements Thing { id: ID!  name: String  peer: Thing  a: A!  numbers: [Int!]!  either: Either }
  union Either = A | B
  enum Level { LOW HIGH }
`;

/**
 * What a field resolves to is decided by its path, so that both ways to execute meet the same: values, nulls, errors, promises. What
 * must not be null fails later only: graphql-js leaves rejections unhandled where a list fails at once.
 */
function outcome(path: string, type: string, value: () => unknown): unknown {
  let hash = 7;
  for (const character of path) hash = (hash * 31 + character.charCodeAt(0)) % 9973;
  const kind = hash % 16;
  const fails = Promise.resolve().then(() => Promise.reject(new Error(`later at ${path}`)));
  fails.catch(() => {});
  if (type.endsWith('!')) return kind === 0 ? Promise.resolve(null) : kind === 1 ? fails : value();
  if (kind === 0) return null;
  if (kind === 1) throw new Error(`thrown at ${path}`);
  if (kind === 2) return new Error(`returned at ${path}`);
  if (kind === 3) return fails;
  return kind < 10 ? value() : Promise.resolve().then(value);
}

function withResolvers(built: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(built.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) type.resolveType = (value: { type: string }) => value.type;
    if (!isObjectType(type)) continue;
    // One that is asked in vain, one that answers later.
    if (type.name === 'B') type.isTypeOf = async (value: { type: string }) => value.type === 'B';
    for (const field of Object.values(type.getFields())) field.resolve = resolver;
  }
  return built;
}

const resolver: GraphQLFieldResolver<unknown, unknown> = (_source, args, _context, info) => {
  const steps: (string | number)[] = [];
  for (let path: typeof info.path | undefined = info.path; path; path = path.prev) steps.unshift(path.key);
  const path = `${info.parentType.name} ${steps.join('.')} ${JSON.stringify(args)}`;
  const make = (type: unknown, place: string): unknown => {
    const text = String(type).replace(/!$/, '');
    if (text.startsWith('['))
      return [0, 1, 2].map((i) => {
        try {
          return outcome(`${place}#${i}`, text.slice(1, -1), () => make(text.slice(1, -1), `${place}#${i}`));
        } catch (error) {
          return error;
        }
      });
    const named = getNamedType(info.returnType);
    if (isLeafType(named))
      return { ID: 7, Int: 5, Level: place.length % 9 === 0 ? 'NONE' : 'LOW' }[named.name] ?? place;
    return { type: isObjectType(named) ? named.name : place.length % 2 ? 'A' : 'B' };
  };
  return outcome(path, String(info.returnType), () => make(info.returnType, path));
};

const schema = withResolvers(buildSchema(typeDefs));

/** Operations by a fixed seed, as deep as `depth`. */
function operations(count: number): string[] {
  let [seed, aliases] = [42, 0];
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const conditions = [
    '',
    '',
    '',
    '',
    ' @include(if: $yes)',
    ' @skip(if: $yes)',
    ' @include(if: $no)',
    ' @skip(if: false)',
  ];
  const condition = () => conditions[random(conditions.length)];
  const select = (typeName: string, depth: number): string => {
    const type = schema.getType(typeName);
    if (isAbstractType(type)) {
      const inside = ['A', 'B'].map((name) => `... on ${name}${condition()} { ${select(name, depth - 1)} }`);
      return ['__typename', ...(typeName === 'Thing' ? ['id'] : []), ...inside].join(' ');
    }
    const fields = Object.values((type as GraphQLObjectType).getFields());
    const chosen = Array.from({ length: 2 + random(4) }, () => {
      const field = fields[random(fields.length)] as (typeof fields)[0];
      const named = getNamedType(field.type);
      if (!isLeafType(named) && depth <= 0) return '__typename';
      const args = field.name === 'a' && typeName === 'Query' ? '(n: $n)' : field.name === 'word' ? '(text: "x")' : '';
      const below = isLeafType(named) ? '' : ` { ${select(named.name, depth - 1)} }`;
      const selected = `${random(3) === 0 ? `k${aliases++}: ` : `${field.name}_${depth + 1}: `}${field.name}${args}${condition()}${below}`;
      return random(6) === 0 && typeName !== 'Query' ? `... { ${selected} }` : selected;
    });
    return `${chosen.join(' ')}${typeName === 'A' && depth === 1 ? ' ...F' : ''}`;
  };
  const head = 'query($yes: Boolean = true, $no: Boolean!, $n: Int)';
  return Array.from(
    { length: count },
    () =>
      `${head} { __typename ...U ${select('Query', 3)} } fragment F on A { id level } fragment U on Query { u: a(n: $n) @skip(if: $no) { ...F } yes: __typename @include(if: $yes) }`,
  );
}

test('queries are executed as by graphql-js: the same data, and the same errors at the same places', async () => {
  const ours = new Operations(schema);
  let [withErrors, compared] = [0, 0];
  for (const query of operations(100)) {
    for (const variables of [{ no: false }, { yes: false, no: true, n: 1 }]) {
      const expected = await execute({ schema, document: parse(query), variableValues: variables });
      const got = await ours.run({ query, variables }, {} as Context);
      if (got.errors?.some(({ path }) => path === undefined)) continue;
      assert.deepEqual(plain(got), plain(expected), query);
      compared += 1;
      withErrors += got.errors ? 1 : 0;
    }
  }
  assert.ok(compared > 120 && withErrors > 60, `${withErrors} of ${compared} had errors`);
});

test('introspection, arguments and operations by name', async () => {
  const plainSchema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { own: field('own'), method: field('method') } }),
  });
  const ours = new Operations(plainSchema);
  for (const [query, operationName] of [
    [
      '{ __schema { queryType { name fields { name type { name } } } } __type(name: "Query") { kind } none: __type(name: "No") { name } }',
    ],
    ['query A { own } query B { own __typename }', 'B'],
    ['query A { own } query B { own }', 'C'],
    ['query A { own } query B { own }'],
    ['fragment F on Query { own }'],
    ['query($a: Boolean!) { own @skip(if: $a) }'],
  ] as const) {
    const document = parse(query);
    const expected = await execute({ schema: plainSchema, document, operationName });
    // What validation would have said before is not of interest here.
    const got = await ours.run({ query, operationName }, {} as Context);
    if (!got.errors?.[0]?.message.includes('never used')) assert.deepEqual(plain(got), plain(expected), query);
  }
});

test('a variable that decides about a field decides anew in each request', async () => {
  const ours = new Operations(schema);
  const query = 'query($yes: Boolean!, $n: Int) { __typename @include(if: $yes) other: __typename @skip(if: $yes) }';
  const ask = async (variables: Record<string, unknown>) =>
    plain(await ours.run({ query: query.replace(', $n: Int', ''), variables }, {} as Context)).data;
  assert.deepEqual(await ask({ yes: true }), { __typename: 'Query' });
  assert.deepEqual(await ask({ yes: false }), { other: 'Query' });
  assert.deepEqual(await ask({ yes: true }), { __typename: 'Query' });
});

test('resolvers are told what graphql-js tells them, and a value is of a type only where its type says so', async () => {
  const text = schema.getType('String') as GraphQLScalarType;
  const argument = { args: { first: { type: schema.getType('Int') as GraphQLScalarType } } };
  const item = new GraphQLObjectType({
    name: 'Item',
    fields: {
      // What one does to its arguments is nobody else's concern.
      seen: {
        type: text,
        ...argument,
        resolve: (_item, args: { first: number }) => {
          args.first += 1;
          return String(args.first);
        },
      },
      told: { type: text, resolve: (_item, args, _context, info) => JSON.stringify([Object.keys(info), args]) },
      added: {
        type: text,
        resolve: (_item, args: Record<string, unknown>) => {
          args.more = true;
          return Object.keys(args).join();
        },
      },
    },
  });
  const strict = new GraphQLObjectType({
    name: 'Strict',
    fields: { own: { type: text } },
    isTypeOf: () => undefined as never,
  });
  const built = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        items: { type: new GraphQLList(item), resolve: () => [{}, {}] },
        strict: { type: strict, resolve: () => ({ own: 'never seen' }) },
      },
    }),
  });
  const ours = new Operations(built);
  for (const query of ['{ items { seen(first: 1) told added } }', '{ strict { own } }']) {
    const expected = await execute({ schema: built, document: parse(query) });
    const { data, errors } = plain(await ours.run({ query }, {} as Context));
    assert.deepEqual(data, plain(expected).data, query);
    assert.equal(errors.length, expected.errors?.length ?? 0, query);
  }
});

test('a condition that is null costs the data, as with graphql-js', async () => {
  const query = 'query($yes: Boolean = true) { __typename @include(if: $yes) }';
  const variables = { yes: null };
  const expected = await execute({ schema, document: parse(query), variableValues: variables });
  assert.deepEqual(plain(await new Operations(schema).run({ query, variables }, {} as Context)), plain(expected));
});

test('no part of an answer is shared with another place, another request or the resolvers', async () => {
  const text = schema.getType('String') as GraphQLScalarType;
  const address: GraphQLObjectType = new GraphQLObjectType({
    name: 'Address',
    fields: { street: { type: text }, lines: { type: new GraphQLList(text) } },
  });
  const kept = { street: 'Weg', lines: ['a', 'b'] };
  const query = {
    address: { type: address, resolve: () => kept },
    all: { type: new GraphQLList(address), resolve: () => [kept, kept] },
  };
  const ours = new Operations(new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: query }) }));
  const ask = () =>
    ours.run({ query: '{ address { street lines } again: address { street lines } all { lines } }' }, {} as Context);
  const [first, second] = [await ask(), await ask()];
  const seen = new Set<unknown>([kept, kept.lines]);
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    assert.ok(!seen.has(value), JSON.stringify(value));
    seen.add(value);
    for (const each of Object.values(value)) visit(each);
  };
  visit(first.data);
  visit(second.data);
  assert.equal(seen.size, 2 * 10 + 2);
});

test('a list that fails at once, while some of its items are still awaited, fails alone', async () => {
  const text = schema.getType('String') as GraphQLScalarType;
  const late = () => Promise.resolve().then(() => Promise.reject(new Error('late')));
  const list = {
    type: new GraphQLList(new GraphQLNonNull(text)),
    resolve: () => [late(), new Error('at once'), late()],
  };
  const ours = new Operations(new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { list } }) }));
  const { data, errors } = await ours.run({ query: '{ list }' }, {} as Context);
  assert.deepEqual([{ ...data }, errors?.map(({ message }) => message)], [{ list: null }, ['at once']]);
  // A rejection that nobody handles would end the process; the test runner would say so.
  await new Promise(setImmediate);
});

function field(name: string): GraphQLFieldConfig<unknown, unknown> {
  const string = schema.getType('String');
  return { type: string as GraphQLFieldConfig<unknown, unknown>['type'], resolve: () => name };
}

/**
 * As a client gets it, with the errors by the place that each made null. Where several are to blame for one place, it is chance which
 * of them was first.
 */
function plain(result: ExecutionResult) {
  const { data, errors = [] } = JSON.parse(JSON.stringify(result)) as ExecutionResult;
  const places = errors.map(({ message, path = [] }) => {
    let value: unknown = data;
    const depth = path.findIndex((step) => {
      if (value === null || value === undefined) return true;
      value = (value as Record<string, unknown>)[step];
      return false;
    });
    return depth < 0 ? [path.join('.'), message] : [path.slice(0, depth).join('.')];
  });
  return { data, errors: [...new Set(places.map((each) => JSON.stringify(each)))].sort() };
}
