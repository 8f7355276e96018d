import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SubgraphResponse } from '../../../gateway/transport/transport.ts';
import {
  ask,
  itemFetch,
  listOf,
  object,
  parallel,
  program,
  required,
  rootFetch,
  selection,
  sequence,
  string,
} from './fixture.ts';

const item = (id: string, more: object = {}) => ({ __typename: 'Item', id, ...more });
const lost = (serviceName: string, path?: (string | number)[]) => ({
  message: 'lost',
  ...(path && { path }),
  extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName },
});

describe('merging', () => {
  const both = program(parallel(rootFetch('a', ['item']), rootFetch('b', ['item'])), [
    selection('Query', { key: 'item', value: object(1) }, { key: 'items', value: listOf(object(1)) }),
    selection('Item', { key: 'name', value: string }, { key: 'size', value: string }),
  ]);

  for (const slow of ['a', 'b']) {
    test(`gives the same whichever subgraph is slower: ${slow}`, async () => {
      const answers: Record<string, SubgraphResponse> = {
        a: { data: { item: { name: 'x' }, items: [{ name: 'y' }, null] } },
        b: { data: { item: null, items: [null, { name: 'z' }] } },
      };
      const later = new Promise<SubgraphResponse>((resolve) => {
        setImmediate(() => resolve(answers[slow] as SubgraphResponse));
      });
      const { body } = await ask({ program: both, answers: { ...answers, [slow]: later } });
      assert.deepEqual(body, {
        data: {
          item: { name: 'x', size: null },
          items: [
            { name: 'y', size: null },
            { name: 'z', size: null },
          ],
        },
      });
    });
  }

  test('takes no name for more than a key', async () => {
    const text = '{"item":{"name":"x","constructor":{"name":"y"},"__proto__":{"size":"z"}},"__proto__":{"item":1}}';
    const names = program(sequence(rootFetch('a', ['item']), rootFetch('b', ['item'])), [
      selection('Query', { key: 'item', value: object(1) }),
      selection(
        'Item',
        { key: '__proto__', from: 'name', name: 'name', value: string },
        { key: 'size', value: string },
        { key: 'constructor', value: object(2) },
        { key: 'toString', value: string },
        { key: 'valueOf', value: object(2) },
      ),
      selection('Part', { key: 'name', value: string }),
    ]);
    const { outcome } = await ask({
      program: names,
      answers: { a: { data: JSON.parse(text) }, b: { data: JSON.parse(text) } },
    });
    assert.deepEqual(outcome, {
      kind: 'answered',
      body: '{"data":{"item":{"__proto__":"x","size":null,"constructor":{"name":"y"},"toString":null,"valueOf":null}}}',
    });
    assert.equal(({} as { size?: string }).size, undefined);
  });

  test('brings the fields of a Query to where a field gave it', async () => {
    const field = rootFetch('b', ['name'], {
      target: { kind: 'root', path: ['all', '@', 'query'], keys: [{ key: 'name' }] },
    });
    const queries = program(sequence(rootFetch('a', ['all']), field), [
      selection('Mutation', { key: 'all', value: listOf(object(1)) }),
      selection('Payload', { key: 'query', value: object(2) }),
      selection('Query', { key: 'name', value: string }),
    ]);
    const a = { data: { all: [{ query: {} }, { query: null }, { query: {} }] } };
    assert.deepEqual(
      (await ask({ program: queries, answers: { a: structuredClone(a), b: { data: { name: 'x' } } } })).body,
      {
        data: { all: [{ query: { name: 'x' } }, { query: null }, { query: { name: 'x' } }] },
      },
    );
    const failing = { data: null, errors: [{ message: 'lost', path: ['name'] }] };
    assert.deepEqual((await ask({ program: queries, answers: { a: structuredClone(a), b: failing } })).body, {
      errors: [lost('b', ['all', 0, 'query', 'name']), lost('b', ['all', 2, 'query', 'name'])],
      data: { all: [{ query: { name: null } }, { query: null }, { query: { name: null } }] },
    });
    const none = await ask({ program: queries, answers: { a: { data: { all: [] } }, b: failing } });
    assert.deepEqual(none.body, { data: { all: [] } });
    assert.deepEqual(Object.keys(none.sent), ['a']);
  });

  test('is quick with 100,000 entities, few of them different', async () => {
    const many = program(
      sequence(rootFetch('a', ['items']), itemFetch('b', ['items', '@']), itemFetch('c', ['items', '@', 'next'])),
      [
        selection('Query', { key: 'items', value: listOf(object(1)) }),
        selection('Item', { key: 'name', value: string }, { key: 'next', value: object(2) }),
        selection('Item', { key: 'name', value: string }),
      ],
    );
    const items = Array.from({ length: 100_000 }, (_, i) => item(String(i % 2)));
    const b = {
      data: {
        _entities: [
          { name: 'x', next: item('2') },
          { name: 'y', next: item('2') },
        ],
      },
    };
    const c = { data: { _entities: [{ name: 'z' }] } };
    const { body, sent } = await ask({ program: many, answers: { a: { data: { items } }, b, c } });
    const expected = Array.from({ length: 100_000 }, (_, i) => ({ name: i % 2 ? 'y' : 'x', next: { name: 'z' } }));
    assert.deepEqual(body, { data: { items: expected } });
    assert.deepEqual(sent.c, {
      text: '{"representations":[{"__typename":"Item","id":"2"}]}',
      values: { representations: [item('2')] },
    });
  });
});

describe('an error', () => {
  test('of one entity stands once at each of its places', async () => {
    const parts = program(
      sequence(rootFetch('a', ['items']), itemFetch('b', ['items', '@']), itemFetch('c', ['items', '@', 'next'])),
      [
        selection('Query', { key: 'items', value: listOf(object(1)) }),
        selection('Item', { key: 'next', value: object(2) }),
        selection('Item', { key: 'name', value: string }),
      ],
    );
    // The second and the third are one entity, so that they share what comes next, which is the same as what comes after the first.
    const a = { data: { items: [item('1'), item('2'), item('2')] } };
    const b = { data: { _entities: [{ next: item('3') }, { next: item('3') }] } };
    const c = { data: { _entities: [null] }, errors: [{ message: 'lost', path: ['_entities', 0, 'name'] }] };
    assert.deepEqual((await ask({ program: parts, answers: { a, b, c } })).body, {
      errors: [0, 1, 2].map((i) => lost('c', ['items', i, 'next', 'name'])),
      data: { items: [{ next: { name: null } }, { next: { name: null } }, { next: { name: null } }] },
    });
  });

  test('of what only the plan asked for is told once, at what needs it', async () => {
    const needing = program(sequence(rootFetch('a', ['item']), itemFetch('b', ['item', '_required0_parts', '@'])), [
      selection('Query', { key: 'item', value: object(1) }),
      selection('Item', { key: 'price', value: string }),
    ]);
    const a = { data: { item: { ...item('1'), _required0_parts: [item('2'), item('3')] } } };
    const b = { data: null, errors: [{ message: 'lost' }] };
    assert.deepEqual((await ask({ program: needing, answers: { a, b } })).body, {
      errors: [lost('b', ['item'])],
      data: { item: { price: null } },
    });
  });

  test('speaks of the keys that the client knows', async () => {
    const renames = [{ path: [{ key: 'parts' }, { types: ['Part'] }], from: 'name__alias_0', to: '_alias0' }];
    const aliased = program(sequence(rootFetch('a', ['item']), itemFetch('b', ['item'], { renames })), [
      selection('Query', { key: 'item', value: object(1) }),
      selection('Item', { key: 'parts', value: listOf(object(2)) }),
      selection('Part', { key: 'id', from: '_alias0', name: 'name', value: required(string) }),
    ]);
    const parts = [{ name__alias_0: 'x' }, { name__alias_0: null }];
    const errors = [{ message: 'lost', path: ['_entities', 0, 'parts', 1, 'name__alias_0'] }];
    const answers = { a: { data: { item: item('1') } }, b: { data: { _entities: [{ parts }] }, errors } };
    assert.deepEqual((await ask({ program: aliased, answers })).body, {
      errors: [lost('b', ['item', 'parts', 1, 'id'])],
      data: { item: { parts: [{ id: 'x' }, null] } },
    });
  });

  test('is told without a place where its place is gone or no place', async () => {
    const items = [
      selection('Query', { key: 'items', value: listOf(object(1)) }),
      selection('Item', { key: 'name', value: string }),
    ];
    const steps = sequence(
      rootFetch('a', ['items']),
      parallel(itemFetch('b', ['items', '@']), rootFetch('c', ['items'])),
    );
    // The list is another one when the error comes.
    const b = new Promise<SubgraphResponse>((resolve) => {
      setImmediate(() =>
        resolve({ data: { _entities: [null] }, errors: [{ message: 'lost', path: ['_entities', 0] }] }),
      );
    });
    const answers = { a: { data: { items: [item('1')] } }, b, c: { data: { items: [] } } };
    assert.deepEqual((await ask({ program: program(steps, items), answers })).body, {
      errors: [lost('b')],
      data: { items: [] },
    });

    for (const path of ['items', [null], [], {}]) {
      const a = { data: { items: [] }, errors: [{ message: 'lost', path }] } as unknown as SubgraphResponse;
      const { body } = await ask({ program: program(rootFetch('a', ['items']), items), answers: { a } });
      assert.deepEqual(body, { errors: [lost('a')], data: { items: [] } });
    }
  });

  test('is told 10,000 times at most, wherever it stands', async () => {
    const named = required(string);
    const many = program(sequence(rootFetch('a', ['items']), itemFetch('b', ['items', '@'])), [
      selection('Query', { key: 'items', value: listOf(object(1)) }),
      selection('Item', { key: 'name', value: named }),
    ]);
    const a = () => ({ data: { items: Array.from({ length: 20_000 }, () => item('1')) } });
    const errors = Array.from({ length: 2000 }, (_, i) => ({ message: `lost ${i}`, path: ['_entities', 0, 'name'] }));
    const lost = { data: { _entities: [{ name: null }] } };
    for (const b of [{ ...lost, errors }, lost, { data: null, errors: [{ message: 'lost' }] }]) {
      const { body } = await ask({ program: many, answers: { a: a(), b: structuredClone(b) } });
      const { data, errors } = body as { data: { items: unknown[] }; errors: unknown[] };
      assert.ok(data.items.every((each) => each === null));
      assert.ok(errors.length <= 20_001, `${errors.length} errors`);
      assert.deepEqual(errors.at(-1), {
        message: 'There are more errors than these.',
        extensions: { code: 'TOO_MANY_ERRORS' },
      });
    }
  });

  test('inside the gateway fails the operation, and nothing else', async () => {
    const late = Promise.withResolvers<SubgraphResponse>();
    const fields = ['__typename', 'any'].map((from) => ({ as: from, from }));
    const representations = { Item: fields };
    const target = { kind: 'entities', path: ['item'], variable: 'representations', representations } as const;
    const type = { kind: 'introspection', query: '', variables: ['name'] } as const;
    const { outcome } = await ask({
      program: program(sequence(rootFetch('a', ['item']), itemFetch('b', ['item'], { target })), [
        selection('Query', { key: 'item', value: object(1) }, { key: '__type', value: type }),
        selection('Item', { key: 'name', value: string }),
      ]),
      answers: { a: late.promise, b: { data: { _entities: [{}] } } },
      introspect: () => Promise.reject(new Error('The thread died')),
    });
    const failure = { message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'test' } };
    assert.deepEqual(outcome, { kind: 'failed', errors: [failure] });
    // Deeper than the stack: the other fetch can't be made, long after the answer. A rejection that nobody handles would end the process.
    const depth = 100_000;
    late.resolve({ data: { item: item('1', { any: JSON.parse('['.repeat(depth) + ']'.repeat(depth)) }) } });
    await new Promise(setImmediate);
  });
});

describe('variables', () => {
  test('with the name of what every object has are sent only where they are given', async () => {
    const variables = ['constructor', '__proto__'].map((name) => ({ name, type: 'Int' }));
    const asking = program(
      rootFetch('a', ['name'], { variables }),
      [selection('Query', { key: 'name', value: string })],
      { variables },
    );
    const answers = { a: { data: { name: 'x' } } };
    const none = await ask({ program: asking, answers });
    assert.deepEqual(none.sent.a, { text: '{}', values: {} });
    const given = await ask({ program: asking, answers, variables: JSON.parse('{"constructor":1,"__proto__":2}') });
    assert.deepEqual(given.sent.a, {
      text: '{"constructor":1,"__proto__":2}',
      values: JSON.parse('{"constructor":1,"__proto__":2}'),
    });
  });

  test('and representations are new objects for each subgraph', async () => {
    const any = { a: [1] };
    const data = { item: item('1', { any }) };
    const fields = ['__typename', 'id', 'any'].map((from) => ({ as: from, from }));
    const target = {
      kind: 'entities',
      path: ['item'],
      variable: 'representations',
      representations: { Item: fields },
    } as const;
    const asking = program(
      sequence(rootFetch('a', ['item']), itemFetch('b', ['item'], { target, variables: [{ name: 'more' }] })),
      [
        selection('Query', { key: 'item', value: object(1) }),
        selection('Item', { key: 'any', value: { kind: 'scalar', type: 'Any' } }),
      ],
      { variables: [{ name: 'more', type: 'Any' }] },
    );
    const { sent } = await ask({
      program: asking,
      answers: { a: { data }, b: { data: { _entities: [{}] } } },
      variables: { more: any },
    });
    const { values } = sent.b as { values: { more: object; representations: { any: object }[] } };
    assert.deepEqual(values, { more: any, representations: [item('1', { any })] });
    assert.notEqual(values.more, any);
    assert.notEqual(values.representations[0]?.any, any);
  });
});
