import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type GraphQLFormattedError, getNamedType } from 'graphql';
import { demoCallers } from '../../gateway/access/identity/demo-callers.ts';
import { type ConfigFile, defaultConfigFile } from '../../gateway/config-file.ts';
import { composeSupergraph } from '../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import {
  type Asked,
  askedFor,
  type Chain,
  chainsIn,
  type Shape,
  shaped,
  shapes,
  textOf,
} from './access-matrix-asked.ts';
import { expectedOf, type Refused, refusedOf } from './access-matrix-expected.ts';
import { type Asking, MatrixRules } from './access-matrix-rules.ts';
import { type Junction, startJunction } from './junction.ts';

// Who may ask for what: the demo callers and somebody without a credential, by every field of the composed supergraph, in several shapes. What is
// expected is worked out from the composed text and from what the supervisor gets, who may ask for everything.

interface Someone {
  readonly name: string;
  /** The demo caller; undefined for nobody. */
  readonly as: string | undefined;
  readonly asking: Asking;
}

const everybody: readonly Someone[] = [
  ...demoCallers.map((caller) => ({ name: caller.name, as: caller.name, asking: caller })),
  { name: 'anonymous', as: undefined, asking: undefined },
];

const sdl = (await composeSupergraph(await readSupergraphFile(resolve(import.meta.dirname, 'supergraph.yaml')))).sdl;
const rules = new MatrixRules(sdl);
const chains = chainsIn(rules);
const coordinates = new Set(chains.map((chain) => coordinateOf(chain)));

describe('in filter mode', () => {
  let junction: Junction;
  before(async () => {
    junction = await startJunction({ access: settings('filter') });
  });
  after(() => junction?.close());

  /** What the supervisor gets who asks for everything. */
  let whole: Record<string, unknown>;
  const everything = shaped(askedFor(rules, chains), 'beside');
  before(async () => {
    const { data, errors } = await junction.ask(textOf(rules, everything, 'beside'), {}, 'supervisor');
    assert.equal(errors, undefined);
    whole = data as Record<string, unknown>;
    junction.requests();
  });

  test('every field has a value, so that its absence tells', (t) => {
    const all = rules.objects.flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
    assert.deepEqual([...coordinates].sort(), all.sort());
    const empty = new Set(coordinates);
    fillIn('Query', everything, whole, empty);
    t.diagnostic(
      `${rules.objects.length} types with ${coordinates.size} fields, by ${chains.length} ways, for ${everybody.length} callers`,
    );
    assert.deepEqual([...empty], []);
  });

  for (const { name, as, asking } of everybody) {
    test(`${name}: everything at once, in each shape`, async (t) => {
      for (const shape of shapes) await check(shaped(askedFor(rules, chains), shape), shape);
      const allowed = chains.filter((chain) => isAllowed(asking, chain));
      for (const shape of allowed.length > 0 ? shapes : []) {
        assert.equal(await check(shaped(askedFor(rules, allowed), shape), shape), 0);
      }
      t.diagnostic(`${allowed.length} of ${chains.length} ways are allowed`);
    });

    test(`${name}: what is refused, one at a time, in each shape`, async (t) => {
      const refused = refusedTo(asking);
      for (const chain of refused) {
        for (const shape of shapes) assert.ok((await check(shaped(askedFor(rules, [chain]), shape), shape)) > 0);
      }
      t.diagnostic(`${refused.length} ways in ${shapes.length} shapes`);
    });

    async function check(asked: readonly Asked[], shape: Shape): Promise<number> {
      const query = textOf(rules, asked, shape);
      const expected = expectedOf(rules, asking, asked, picked(asked, whole));
      const response = await junction.post(query, {}, as);
      const answer = (await response.json()) as Answer;
      const requests = junction.requests();
      const about = `${name} asks ${query}`;
      assert.equal(response.status, 200, about);
      assert.deepEqual(answer.data, expected.data, about);
      assertTold(answer, expected.refused, about);
      const fields = requests.flatMap((request) => rules.asked(request.query));
      assert.deepEqual(
        fields.filter((field) => rules.lacks(asking, ...(field.split('.') as [string, string])).length > 0),
        [],
        `fetched though it is refused: ${about}`,
      );
      // What these two require is in other subgraphs.
      const derived = fields.some((field) => field === 'Order.margin' || field === 'Order.canShip');
      const called = new Set(requests.map(({ subgraph }) => subgraph));
      if (!derived) for (const each of called) assert.ok(expected.subgraphs.has(each), `${each} is called: ${about}`);
      if (expected.subgraphs.size === 0) assert.equal(called.size, 0, about);
      return expected.refused.length;
    }
  }
});

describe('in reject mode', () => {
  let junction: Junction;
  before(async () => {
    junction = await startJunction({ access: settings('reject') });
  });
  after(() => junction?.close());

  for (const { name, as, asking } of everybody) {
    test(`${name}: an operation is answered if all of it is allowed`, async (t) => {
      const allowed = chains.filter((chain) => isAllowed(asking, chain));
      if (allowed.length > 0) {
        const response = await junction.post(textOf(rules, askedFor(rules, allowed), 'plain'), {}, as);
        const { data, errors } = (await response.json()) as Answer;
        assert.equal(response.status, 200);
        assert.equal(errors, undefined);
        assert.ok(data);
        assert.ok(junction.requests().length > 0);
      }
      const refused = refusedTo(asking);
      for (const shape of refused.length > 0 ? shapes : []) {
        await checkRefused(shaped(askedFor(rules, chains), shape), shape);
      }
      for (const [i, chain] of refused.entries()) {
        const shape = shapes[i % shapes.length] as Shape;
        await checkRefused(shaped(askedFor(rules, [chain]), shape), shape);
      }
      t.diagnostic(`${allowed.length} ways are allowed at once, ${refused.length} refused one at a time`);
    });

    async function checkRefused(asked: readonly Asked[], shape: Shape): Promise<void> {
      const query = textOf(rules, asked, shape);
      const response = await junction.post(query, {}, as);
      const answer = (await response.json()) as Answer;
      const about = `${name} asks ${query}`;
      assert.equal(response.status, asking ? 403 : 401, about);
      assert.ok(!('data' in answer), about);
      assertTold(answer, refusedOf(rules, asking, asked), about);
      assert.deepEqual(junction.requests(), [], about);
    }
  }
});

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

function assertTold({ errors = [] }: Answer, refused: readonly Refused[], about: string): void {
  const told = errors.map(({ path, message, extensions }) => ({
    path: path?.join('.'),
    message,
    code: extensions?.code,
  }));
  const right = refused.map(({ path, coordinate, lacks }) => ({
    path: path.join('.'),
    message: `Not allowed: ${coordinate} requires ${lacks.map(wordsFor).join(', and ')}.`,
    code: 'UNAUTHORIZED_FIELD_OR_TYPE',
  }));
  const texts = (all: readonly object[]) => [...new Set(all.map((one) => JSON.stringify(one)))].sort();
  assert.deepEqual(texts(told), texts(right), about);
}

function wordsFor(lacking: string): string {
  return lacking === 'authentication' ? lacking : `the scope ${lacking}`;
}

/** Each field that a caller is refused, by one way; where nothing before it is refused, by each. */
function refusedTo(asking: Asking): readonly Chain[] {
  const seen = new Set<string>();
  return chains.filter((chain) => {
    if (isAllowed(asking, chain)) return false;
    const isSeen = seen.has(coordinateOf(chain));
    seen.add(coordinateOf(chain));
    return !isSeen || isAllowed(asking, chain.slice(0, -1));
  });
}

/** What is asked for of the answer to everything. */
function picked(asked: readonly Asked[], value: Record<string, unknown>): Record<string, unknown> {
  const below = (inner: readonly Asked[], each: unknown): unknown => {
    if (Array.isArray(each)) return each.map((item) => below(inner, item));
    return each === null ? null : picked(inner, each as Record<string, unknown>);
  };
  return Object.fromEntries(
    asked.map(({ key, name, below: inner }) => [key, inner ? below(inner, value[name]) : value[name]]),
  );
}

function isAllowed(asking: Asking, chain: Chain): boolean {
  return chain.every(({ type, name }) => rules.lacks(asking, type, name).length === 0);
}

function coordinateOf(chain: Chain): string {
  const last = chain.at(-1);
  return `${last?.type}.${last?.name}`;
}

/** Takes the fields out of `empty` that have a value. */
function fillIn(type: string, asked: readonly Asked[], value: unknown, empty: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) fillIn(type, asked, item, empty);
  if (typeof value !== 'object' || value === null) return;
  for (const { key, name, below } of asked) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner === null || inner === undefined) continue;
    empty.delete(`${type}.${name}`);
    if (below) fillIn(getNamedType(rules.outputOf(type, name)).name, below, inner, empty);
  }
}

/** No limit is what is tested here. */
function settings(mode: 'filter' | 'reject'): ConfigFile {
  const { limits, authorization } = defaultConfigFile;
  const many = 1_000_000_000;
  const often = { per_second: many, burst: many };
  return {
    ...defaultConfigFile,
    authorization: { ...authorization, mode, anonymous: 'allow' },
    limits: {
      ...limits,
      cost: many,
      tokens: many,
      aliases: many,
      directives: many,
      fields: many,
      rate: often,
      anonymous_rate: often,
    },
  };
}
