import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { placesOf } from '../../../gateway/execution/reading/places.ts';
import { compileRead } from '../../../gateway/execution/reading/read.ts';
import { bytesOf, utf8 } from '../../../gateway/execution/utf8.ts';
import { Verbatim } from '../../../gateway/execution/verbatim.ts';
import type { Program, ResponseField, ValueShape } from '../../../gateway/operations/program.ts';
import type { ReadResponse } from '../../../gateway/transport/transport.ts';
import {
  ask,
  itemFetch,
  listOf,
  object,
  program,
  required,
  rootFetch,
  selection,
  sequence,
  string,
} from './fixture.ts';

const leaf = (type: (ValueShape & { kind: 'leaf' })['type']): ValueShape => ({ kind: 'leaf', type });
const response = (...fields: ResponseField[]) => ({ fields, isUniform: true });
const field = (key: string, ...fields: ResponseField[]): ResponseField =>
  fields.length > 0 ? { key, fields } : { key };

/** Items with one field of each kind, whose `stock` another subgraph adds. */
const items: Program = program(
  sequence(
    rootFetch('a', ['items'], {
      response: response(
        field(
          'items',
          field('__typename'),
          field('id'),
          field('name'),
          field('size'),
          field('weight'),
          field('isNew'),
          field('color'),
          field('extra'),
          field('price', field('amount'), field('__typename')),
          field('tags'),
        ),
      ),
    }),
    itemFetch('b', ['items', '@'], { response: response(field('_entities', field('stock', field('count')))) }),
  ),
  [
    selection('Query', { key: 'items', value: listOf(object(1)) }),
    selection(
      'Item',
      { key: 'id', value: required(leaf('ID')) },
      { key: 'name', value: required(string) },
      { key: 'size', value: leaf('Int') },
      { key: 'weight', value: leaf('Float') },
      { key: 'isNew', value: leaf('Boolean') },
      { key: 'color', value: { kind: 'enum', type: 'Color' } },
      { key: 'extra', value: { kind: 'scalar', type: 'JSON' } },
      { key: 'price', value: object(2) },
      { key: 'tags', value: required(listOf(required(string))) },
      { key: 'stock', value: object(3) },
    ),
    selection(
      'Price',
      { key: 'amount', value: required(string) },
      {
        key: '__typename',
        value: { required: true, kind: 'typename', name: 'Price' },
      },
    ),
    selection('Stock', { key: 'count', value: leaf('Int') }),
  ],
  { enums: { Color: ['RED', 'BLUE'] } },
);

const whole = {
  __typename: 'Item',
  id: '1',
  name: 'x',
  size: -1,
  weight: 0.5,
  isNew: true,
  color: 'BLUE',
  extra: { any: ['thing', 1, null] },
  price: { amount: '1.00', __typename: 'Price' },
  tags: ['a', 'b'],
};

function reader(of: Program = items): ReadResponse {
  const [first] = of.steps?.kind === 'sequence' ? of.steps.steps : [];
  assert.ok(first?.kind === 'fetch');
  const read = compileRead(first, placesOf(of), of);
  assert.ok(read);
  return read;
}

/** What is read, with what is taken over as it is as JSON would have it. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      each instanceof Verbatim ? Object.entries(JSON.parse(`{${bytesOf(each.text)}}`)) : [[key, plain(each)]],
    ),
  );
}

const textOf = (...items: unknown[]) => JSON.stringify({ data: { items } });

describe('a response', () => {
  test('is taken over as it is wherever nothing has to be looked at', () => {
    const read = reader()(Buffer.from(textOf(whole)));
    const { __typename, id, ...rest } = whole;
    const text = JSON.stringify(rest).slice(1, -1);
    assert.deepEqual(read, { data: { items: [{ __typename, id, name: new Verbatim(utf8(text), 8) }] } });
  });

  test("goes out in the subgraph's own spelling", async () => {
    const member =
      '"name":"\\u00e9 \\/ é","size":null,"weight":1.50,"isNew":null,"color":null,"extra":null,"price":null,"tags":[]';
    const text = `{"data":{"items":[{"__typename":"Item","id":"1",${member}}]}}\n`;
    const answers = { a: text, b: { data: { _entities: [{ stock: { count: 1 } }] } } };
    const { outcome } = await ask({ program: items, answers });
    const body = outcome.kind === 'answered' ? bytesOf(outcome.body).toString() : '';
    assert.equal(body, `{"data":{"items":[{"id":"1",${member},"stock":{"count":1}}]}}`);
  });

  const number = fc.oneof(fc.integer(), fc.double(), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
  const other = fc.oneof(
    fc.string({ unit: 'binary' }),
    number,
    fc.boolean(),
    fc.constant(null),
    fc.json().map((json) => JSON.parse(json)),
  );
  const mostly = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof({ arbitrary, weight: 30 }, { arbitrary: other, weight: 1 });
  const item = fc.record(
    {
      __typename: mostly(fc.constant('Item')),
      id: mostly(fc.string({ unit: 'grapheme' })),
      name: mostly(fc.string({ unit: 'binary' })),
      size: mostly(fc.integer()),
      weight: mostly(fc.double()),
      isNew: mostly(fc.boolean()),
      color: mostly(fc.constantFrom('RED', 'BLUE')),
      extra: other,
      price: mostly(
        fc.record({ amount: mostly(fc.string()), __typename: mostly(fc.constant('Price')) }, { noNullPrototype: true }),
      ),
      tags: mostly(fc.array(mostly(fc.string()))),
    },
    { noNullPrototype: true },
  );

  test('says what JSON.parse says, or is left to it', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.array(item, { maxLength: 3 }), (values) => {
        const text = textOf(...values);
        const got = reader()(Buffer.from(text));
        if (!got) return;
        read += 1;
        assert.deepEqual(plain(got), JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
    assert.ok(read > 500, `only ${read} of 2000 were read`);
  });

  test('that is no JSON is never taken for one', () => {
    const text = Buffer.from(textOf(whole, { ...whole, name: 'Łukasz "Bros" \\ \u0001 😀', size: 1e9, weight: 1e-7 }));
    const bytes = fc.oneof(fc.constantFrom(...Buffer.from('"\\,:[]{}0-.eEunft \n')), fc.integer({ min: 0, max: 255 }));
    const edit = fc.record({
      at: fc.nat({ max: text.length }),
      remove: fc.nat({ max: 2 }),
      insert: fc.array(bytes, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 2 }), (edits) => {
        let changed = text;
        for (const { at, remove, insert } of edits)
          changed = Buffer.concat([changed.subarray(0, at), Buffer.from(insert), changed.subarray(at + remove)]);
        const got = reader()(changed);
        if (got) assert.deepEqual(plain(got), JSON.parse(changed.toString()));
      }),
      { numRuns: 20_000 },
    );
  });

  const refused: Record<string, string> = {
    'with errors': `${textOf(whole).slice(0, -1)},"errors":[{"message":"x"}]}`,
    'without data': '{"data":null}',
    'in another order': textOf({ ...{ id: '1' }, ...whole }),
    'with white space': JSON.stringify({ data: { items: [whole] } }, null, 1),
    'with a null that must not be': textOf({ ...whole, name: null }),
    'with an item null that must not be': textOf({ ...whole, tags: ['a', null] }),
    'with an ID that is a number': textOf(whole).replace('"name":"x"', '"name":1'),
    'with an unknown enum value': textOf({ ...whole, color: 'GREEN' }),
    'with an Int of 33 bits': textOf({ ...whole, size: 2 ** 31 }),
    'with a fraction for an Int': textOf({ ...whole, size: 0.5 }),
    'with another type name': textOf({ ...whole, price: { amount: '1', __typename: 'Cost' } }),
    'with a number beyond all numbers': textOf(whole).replace('0.5', '1e999'),
    'that ends early': textOf(whole).slice(0, -3),
    'that goes on': `${textOf(whole)}}`,
    'with a byte order mark': `\ufeff${textOf(whole)}`,
    'with lists in lists without end': `{"data":{"items":${'['.repeat(1e5)}${']'.repeat(1e5)}}}`,
    'with levels without end': textOf(whole).replace('"thing"', `${'['.repeat(1e5)}${']'.repeat(1e5)}`),
  };
  for (const [what, text] of Object.entries(refused)) {
    test(`${what} is left to the usual reading`, () => {
      assert.equal(reader()(Buffer.from(text)), undefined);
    });
  }

  test('that is no UTF-8 is left to the usual reading, which makes it text', async () => {
    const bytes = Buffer.from(textOf({ ...whole, name: '??' }).replace('??', 'a\xff\xed\xa0\x80'), 'latin1');
    assert.equal(reader()(bytes), undefined);
  });

  test('is tried less and less often where the subgraph writes in another way', () => {
    const read = reader();
    const bytes = Buffer.from(textOf(whole));
    for (let i = 0; i < 3; i++) read(Buffer.from(` ${textOf(whole)}`));
    const tried = Array.from({ length: 10 }, () => read(bytes)).findIndex(Boolean);
    assert.equal(tried, 3);
    assert.ok(read(bytes), 'and each time once it fits again');
  });
});

describe('members are looked at', () => {
  const fields = ['id', 'name', 'size'] as const;
  const of = (selections: Program['selections'], more: Partial<Parameters<typeof rootFetch>[2]> = {}) =>
    program(
      sequence(
        rootFetch('a', ['items'], { response: response(field('items', ...fields.map((key) => field(key)))), ...more }),
      ),
      selections,
    );
  const root = selection('Query', { key: 'items', value: object(1) });
  const [id, name, size] = fields.map((key) => ({ key, value: string })) as [...Program['selections'][0]['fields']];
  const data = { id: '1', name: '2', size: '3' };
  const read = (of: Program) => reader(of)(Buffer.from(JSON.stringify({ data: { items: data } })))?.data?.items;

  test('one by one where the client asks for them in another order', () => {
    const sorted = selection('Item', ...[size, name, id].flatMap((one) => one ?? []));
    const one = (key: keyof typeof data) => new Verbatim(utf8(`"${key}":"${data[key]}"`), 1);
    assert.deepEqual(read(of([root, sorted])), { id: one('id'), name: one('name'), size: one('size') });
  });

  test('each a few times, however many there are', () => {
    let looks = 0;
    const keys = Array.from({ length: 1000 }, (_, i) => `k${i}`);
    const asked = keys.map((key) => ({
      key,
      value: string,
      get when() {
        looks += 1;
        return undefined as never;
      },
    }));
    reader(
      of([root, selection('Item', ...asked)], {
        response: response(field('items', ...keys.map((key) => field(key)))),
      }),
    );
    assert.ok(looks <= 2 * keys.length, `${looks} looks`);
  });

  test('each a few times, however deep they are', () => {
    let looks = 0;
    const depth = 50;
    const name = {
      key: 'name',
      get value() {
        looks += 1;
        return string;
      },
    };
    const types = { kind: 'abstract', type: 'Any', selections: { Item: depth + 1 } } as const;
    const levels = Array.from({ length: depth }, (_, i) =>
      selection('Item', name, { key: 'items', value: i + 1 < depth ? object(i + 2) : types }),
    );
    let form = field('items', field('name'));
    for (let i = 0; i < depth; i++) form = field('items', field('name'), form);
    reader(of([root, ...levels, selection('Item', name)], { response: response(form) }));
    assert.ok(looks <= 6 * depth, `${looks} looks`);
  });

  test('where the client has another name for them, or conditions', () => {
    const renamed = selection(
      'Item',
      { key: 'a', from: 'id', value: string },
      ...[name, size].flatMap((one) => one ?? []),
    );
    assert.deepEqual(read(of([root, renamed])), { id: '1', name: new Verbatim(utf8('"name":"2","size":"3"'), 2) });
    const sometimes = selection('Item', ...[id, name].flatMap((one) => one ?? []), {
      key: 'size',
      value: string,
      when: [[{ variable: 'v', is: true }]],
    });
    assert.deepEqual(read(of([root, sometimes])), data);
  });
});
