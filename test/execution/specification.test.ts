import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Asker, type Question, startAsker } from './answering.ts';
import type { Answer } from './executor.ts';
import { federation } from './supergraphs/supergraph.ts';

// Errors and nulls, by the GraphQL specification, section 6.4.4 "Handling Field Errors": each query with its whole answer.

const subgraphs = {
  users: `${federation}
type Query {
  user: User
  me: User!
  users: [User]
  team: [User!]
  staff: [User!]!
  grid: [[User!]]
  pets: [Pet]
  pet: Pet!
  count: Int
  words: [[String!]!]
}
type User @key(fields: "id") {
  id: ID!
  name: String!
  nick: String
  mood: Mood
  friend: User
  boss: User!
  friends: [User!]
  tags: [String!]!
}
interface Pet { name: String! owner: User }
type Cat implements Pet { name: String! owner: User lives: Int! }
type Dog implements Pet { name: String! owner: User }
enum Mood { GOOD BAD @inaccessible }
`,
  accounts: `${federation}
type User @key(fields: "id") {
  id: ID!
  balance: Int!
  credit: Int
  entries: [Entry!]!
  account: Account
}
type Account { number: String! bank: Bank! }
type Bank { code: String! }
type Entry { amount: Int! note: String }
`,
};

const user = (id: string, more: object = {}) => ({ __typename: 'User', id, ...more });
const nonNull = (field: string, path: Path) => ({
  message: `Cannot return null for non-nullable field ${field}.`,
  path,
  extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' },
});
const failed = (serviceName: string, path?: Path) => ({
  message: 'lost',
  ...(path && { path }),
  extensions: { code: 'GONE', serviceName },
});
const gone = (path?: Path) => ({
  message: 'lost',
  ...(path && { path }),
  extensions: { code: 'GONE', stack: 'secret' },
});

type Path = (string | number)[];
interface Case extends Question {
  readonly gives: Answer;
}

const cases: Record<string, Record<string, Case>> = {
  'a null where there may be none': {
    'makes the nearest nullable field null': {
      query: '{ count user { id name } }',
      answers: { users: { data: { count: 1, user: { id: '1', name: null } } } },
      gives: { errors: [nonNull('User.name', ['user', 'name'])], data: { count: 1, user: null } },
    },
    'makes the whole answer null where nothing above may be null': {
      query: '{ me { boss { name } } count }',
      answers: { users: { data: { me: { boss: { name: null } }, count: 1 } } },
      gives: { errors: [nonNull('User.name', ['me', 'boss', 'name'])], data: null },
    },
    'stops at the first nullable field above it': {
      query: '{ user { friend { boss { boss { name } } } nick } }',
      answers: { users: { data: { user: { friend: { boss: { boss: { name: null } } }, nick: 'n' } } } },
      gives: {
        errors: [nonNull('User.name', ['user', 'friend', 'boss', 'boss', 'name'])],
        data: { user: { friend: null, nick: 'n' } },
      },
    },
    'is told under the aliases of the client': {
      query: '{ a: user { b: boss { c: name } } }',
      answers: { users: { data: { a: { b: { c: null } } } } },
      gives: { errors: [nonNull('User.name', ['a', 'b', 'c'])], data: { a: null } },
    },
    'is told when the whole field is missing': {
      query: '{ user { id name } }',
      answers: { users: { data: { user: { id: '1' } } } },
      gives: { errors: [nonNull('User.name', ['user', 'name'])], data: { user: null } },
    },
    'is told once, where several nulls make one': {
      query: '{ user { a: name b: name } }',
      answers: { users: { data: { user: { a: null, b: null } } } },
      gives: { errors: [nonNull('User.name', ['user', 'a'])], data: { user: null } },
    },
    'is nothing to tell of in a nullable field': {
      query: '{ user { id nick } count }',
      answers: { users: { data: { user: { id: '1', nick: null }, count: null } } },
      gives: { data: { user: { id: '1', nick: null }, count: null } },
    },
  },
  'a null in a list': {
    'makes one nullable item null, and each is told': {
      query: '{ users { name } }',
      answers: { users: { data: { users: [{ name: 'a' }, { name: null }, null, { name: null }] } } },
      gives: {
        errors: [nonNull('User.name', ['users', 1, 'name']), nonNull('User.name', ['users', 3, 'name'])],
        data: { users: [{ name: 'a' }, null, null, null] },
      },
    },
    'makes the list null where its items may not be': {
      query: '{ team { name } count }',
      answers: { users: { data: { team: [{ name: 'a' }, { name: null }], count: 1 } } },
      gives: { errors: [nonNull('User.name', ['team', 1, 'name'])], data: { team: null, count: 1 } },
    },
    'is told by its own place where the item itself is null': {
      query: '{ team { name } }',
      answers: { users: { data: { team: [{ name: 'a' }, null] } } },
      gives: { errors: [nonNull('Query.team', ['team', 1])], data: { team: null } },
    },
    'makes the answer null where neither item nor list may be': {
      query: '{ staff { name } }',
      answers: { users: { data: { staff: [{ name: 'a' }, { name: null }] } } },
      gives: { errors: [nonNull('User.name', ['staff', 1, 'name'])], data: null },
    },
    'of lists stops at the inner list': {
      query: '{ grid { name } }',
      answers: { users: { data: { grid: [[{ name: 'a' }], [{ name: 'b' }, { name: null }], null, []] } } },
      gives: {
        errors: [nonNull('User.name', ['grid', 1, 1, 'name'])],
        data: { grid: [[{ name: 'a' }], null, null, []] },
      },
    },
    'of leaves counts like one of objects': {
      query: '{ words user { tags } }',
      answers: { users: { data: { words: [['a'], ['b', null]], user: { tags: ['x', null] } } } },
      gives: {
        errors: [nonNull('Query.words', ['words', 1, 1]), nonNull('User.tags', ['user', 'tags', 1])],
        data: { words: null, user: null },
      },
    },
  },
  'an error of a subgraph': {
    'keeps its path, its message and its code, and nothing else of it': {
      query: '{ user { id nick } }',
      answers: { users: { data: { user: { id: '1', nick: null } }, errors: [gone(['user', 'nick'])] } },
      gives: { errors: [failed('users', ['user', 'nick'])], data: { user: { id: '1', nick: null } } },
    },
    'says why there is a null, so that nothing else does': {
      query: '{ user { friend { id name } } }',
      answers: { users: { data: { user: { friend: null } }, errors: [gone(['user', 'friend', 'name'])] } },
      gives: { errors: [failed('users', ['user', 'friend', 'name'])], data: { user: { friend: null } } },
    },
    'at a field that may not be null travels up': {
      query: '{ user { friend { id name } } }',
      answers: {
        users: { data: { user: { friend: { id: '1', name: null } } }, errors: [gone(['user', 'friend', 'name'])] },
      },
      gives: { errors: [failed('users', ['user', 'friend', 'name'])], data: { user: { friend: null } } },
    },
    'without a path has none, and data stays': {
      query: '{ user { id nick } }',
      answers: { users: { data: { user: { id: '1', nick: 'n' } }, errors: [gone()] } },
      gives: { errors: [failed('users')], data: { user: { id: '1', nick: 'n' } } },
    },
    'without a path and without data stands at what was asked for': {
      query: '{ user { id } c: count }',
      answers: { users: { data: null, errors: [gone()] } },
      gives: { errors: [failed('users', ['user']), failed('users', ['c'])], data: { user: null, c: null } },
    },
  },
  "an entity's error": {
    'stands at every place where the entity does': {
      query: '{ users { nick credit } }',
      answers: {
        users: { data: { users: [user('1', { nick: 'a' }), user('2', { nick: 'b' }), user('1', { nick: 'a' })] } },
        accounts: {
          data: { _entities: [{ credit: null }, { credit: 5 }] },
          errors: [gone(['_entities', 0, 'credit'])],
        },
      },
      gives: {
        errors: [failed('accounts', ['users', 0, 'credit']), failed('accounts', ['users', 2, 'credit'])],
        data: {
          users: [
            { nick: 'a', credit: null },
            { nick: 'b', credit: 5 },
            { nick: 'a', credit: null },
          ],
        },
      },
    },
    'finds its way through lists of lists, nulls and aliases': {
      query: '{ g: grid { c: credit } }',
      answers: {
        users: { data: { g: [null, [user('1'), user('2')], [], [user('3')]] } },
        accounts: { data: { _entities: [{ c: 1 }, { c: 2 }, { c: null }] }, errors: [gone(['_entities', 2, 'c'])] },
      },
      gives: {
        errors: [failed('accounts', ['g', 3, 0, 'c'])],
        data: { g: [null, [{ c: 1 }, { c: 2 }], [], [{ c: null }]] },
      },
    },
    'goes on below the entity': {
      query: '{ user { account { bank { code } } } }',
      answers: {
        users: { data: { user: user('1') } },
        accounts: {
          data: { _entities: [{ account: null }] },
          errors: [gone(['_entities', 0, 'account', 'bank', 'code'])],
        },
      },
      gives: { errors: [failed('accounts', ['user', 'account', 'bank', 'code'])], data: { user: { account: null } } },
    },
    'at a field that may not be null takes the object with it, and others stay': {
      query: '{ users { nick balance } }',
      answers: {
        users: { data: { users: [user('1', { nick: 'a' }), user('2', { nick: 'b' })] } },
        accounts: { data: { _entities: [null, { balance: 5 }] }, errors: [gone(['_entities', 0, 'balance'])] },
      },
      gives: {
        errors: [failed('accounts', ['users', 0, 'balance'])],
        data: { users: [null, { nick: 'b', balance: 5 }] },
      },
    },
    'and a null elsewhere are both told': {
      query: '{ users { balance } }',
      answers: {
        users: { data: { users: [user('1'), user('2')] } },
        accounts: { data: { _entities: [null, { balance: null }] }, errors: [gone(['_entities', 0, 'balance'])] },
      },
      gives: {
        errors: [failed('accounts', ['users', 0, 'balance']), nonNull('User.balance', ['users', 1, 'balance'])],
        data: { users: [null, null] },
      },
    },
  },
  'an entity that is not there': {
    'leaves its fields null, without an error': {
      query: '{ users { nick credit account { number } } }',
      answers: {
        users: { data: { users: [user('1', { nick: 'a' }), user('2', { nick: 'b' })] } },
        accounts: { data: { _entities: [null, { credit: 5, account: { number: 'x' } }] } },
      },
      gives: {
        data: {
          users: [
            { nick: 'a', credit: null, account: null },
            { nick: 'b', credit: 5, account: { number: 'x' } },
          ],
        },
      },
    },
    'is null without an error where its fields may not be null': {
      query: '{ users { nick balance } team { entries { amount } } count }',
      answers: {
        users: {
          data: { users: [user('1', { nick: 'a' }), user('2', { nick: 'b' })], team: [user('1'), user('2')], count: 1 },
        },
        accounts: (query) => ({
          data: { _entities: [null, query.includes('balance') ? { balance: 5 } : { entries: [{ amount: 1 }] }] },
        }),
      },
      gives: { data: { users: [null, { nick: 'b', balance: 5 }], team: null, count: 1 } },
    },
    'travels up as far as it must': {
      query: '{ me { balance } }',
      answers: { users: { data: { me: user('1') } }, accounts: { data: { _entities: [null] } } },
      gives: { data: null },
    },
    'is another thing than a null in an entity': {
      query: '{ users { balance } }',
      answers: {
        users: { data: { users: [user('1'), user('2')] } },
        accounts: { data: { _entities: [null, { balance: null }] } },
      },
      gives: { errors: [nonNull('User.balance', ['users', 1, 'balance'])], data: { users: [null, null] } },
    },
  },
  'a value of another type': {
    'is null, and an error': {
      query: '{ count user { id nick mood } }',
      answers: { users: { data: { count: 'many', user: { id: '1', nick: 5, mood: 'BAD' } } } },
      gives: {
        errors: [
          invalid('Query.count', 'Int', ['count']),
          invalid('User.nick', 'String', ['user', 'nick']),
          invalid('User.mood', 'Mood', ['user', 'mood']),
        ],
        data: { count: null, user: { id: '1', nick: null, mood: null } },
      },
    },
    'costs no more than its field: a text for a list, a list for an object, an object for a text': {
      query: '{ users { id } user { id } count pets { name } }',
      answers: {
        users: { data: { users: 'all', user: [1], count: { a: 1 }, pets: [{ __typename: 'Dog', name: 'x' }] } },
      },
      gives: {
        errors: [
          invalid('Query.users', 'a list', ['users']),
          invalid('Query.user', 'an object', ['user']),
          invalid('Query.count', 'Int', ['count']),
        ],
        data: { users: null, user: null, count: null, pets: [{ name: 'x' }] },
      },
    },
    'travels up where it may not be null': {
      query: '{ user { tags } team { name } }',
      answers: { users: { data: { user: { tags: [1] }, team: [{ name: true }] } } },
      gives: {
        errors: [
          invalid('User.tags', 'String', ['user', 'tags', 0]),
          invalid('User.name', 'String', ['team', 0, 'name']),
        ],
        data: { user: null, team: null },
      },
    },
    'can be the name of a type': {
      query: '{ pets { __typename name } }',
      answers: {
        users: {
          data: {
            pets: [
              { __typename: 'Bird', name: 'x' },
              { __typename: 'Cat', name: 'y' },
            ],
          },
        },
      },
      gives: {
        errors: [invalid('Query.pets', 'one of Pet', ['pets', 0])],
        data: { pets: [null, { __typename: 'Cat', name: 'y' }] },
      },
    },
  },
};

function invalid(field: string, expected: string, path: Path) {
  return {
    message: `The field ${field} has an invalid value. Expected ${expected}.`,
    path,
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' },
  };
}

let asker: Asker;
before(async () => {
  asker = await startAsker(subgraphs);
});
after(() => asker?.close());

for (const [what, does] of Object.entries(cases)) {
  describe(what, () => {
    for (const [name, { gives, ...question }] of Object.entries(does))
      test(name, async () => assert.deepEqual(await asker.ask(question), gives));
  });
}
