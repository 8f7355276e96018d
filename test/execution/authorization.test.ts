import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { execute, GraphQLError, type GraphQLFieldResolver, parse, validate } from 'graphql';
import { Planner } from '../../gateway/operations/planner.ts';
import type { Rule } from '../../gateway/operations/rule.ts';
import type { Answer, ClientRequest, Executor } from './executor.ts';
import { Guards, scopes } from './guards.ts';
import { stable } from './hash.ts';
import { createJunction } from './junction.ts';
import { operations } from './operations.ts';
import { createOracle, type Oracle } from './oracle.ts';
import { Subgraphs } from './subgraphs.ts';
import { composeTest } from './supergraphs/compose.ts';
import { ledger } from './supergraphs/ledger.ts';
import { media } from './supergraphs/media.ts';
import { shop } from './supergraphs/shop.ts';
import { World } from './world.ts';
import { writeOperation } from './write-operation.ts';

// Generated operations of callers for whom some of many rules fail: the answer is what graphql-js gives where the resolvers of refused fields
// throw, and no fetch asks for what is refused.
const total = Number(process.env.DIFFERENTIAL_OPERATIONS ?? 2800) / 5;
const seed = Number(process.env.DIFFERENTIAL_SEED ?? 20_260);

for (const supergraph of [shop, media, ledger]) {
  describe(`rules on ${supergraph.name}`, () => {
    const world = new World(supergraph);
    const subgraphs = new Subgraphs(world);
    const guards = new Guards(Object.values(supergraph.families ?? {}).flat());
    let oracle: Oracle;
    let junction: Executor;
    let rules: readonly Rule[];
    before(async () => {
      const composed = composeTest(supergraph);
      oracle = await createOracle(composed, subgraphs);
      const guarded = { ...composed, sdl: guards.addTo(composed.sdl) };
      rules = (await Planner.load(guarded.sdl)).rules;
      junction = await createJunction(guarded, (name, query, variables, { requestId }) => {
        guards.look(world.catalogue.schemas.get(name), parse(query));
        return subgraphs.answer(name, requestId, query, variables);
      });
    });
    after(async () => {
      await junction?.close();
      await oracle?.close();
    });

    test('refuse what they should and nothing else', async (t) => {
      const count = { operations: 0, refused: 0, whole: 0, hollow: 0 };
      const property = fc.asyncProperty(
        operations(oracle.schema, { aliases: 'apart' }),
        fc.subarray([...scopes], { minLength: 1 }),
        async (draft, missing) => {
          const written = writeOperation(oracle.schema, draft);
          if (validate(oracle.schema, parse(written.query)).length > 0) return;
          const failing = rules.filter(
            (rule) =>
              rule.kind === 'scopes' && rule.anyOf.every((all) => all.some((one) => missing.includes(one as never))),
          );
          const denied = failing.map(({ id }) => id).sort();
          guards.missing = new Set(missing);
          guards.faults.length = 0;
          const request = { ...written, denied: denied.join() };
          const ours = await junction.run(request);
          const right = await expected(request);
          count.operations += 1;
          const refused = unauthorized(right);
          if (refused.length > 0) count.refused += 1;
          if (right.data === null) count.whole += 1;
          if (stable(ours.data) !== stable(right.data)) {
            count.hollow += 1;
            assert.ok(isSame(ours.data, right.data), described(request, ours, right));
          }
          assert.deepEqual(guards.faults, [], request.query);
          assertTold(request, ours, right);
        },
      );

      async function expected({ query, variables }: ClientRequest): Promise<Answer> {
        const resolver: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
          if (guards.refuses(info.parentType.name, info.fieldName)) throw refusal();
          return (world.resolver as typeof resolver)(source, args, context, info);
        };
        const result = await execute({
          schema: oracle.schema,
          document: parse(query),
          variableValues: variables,
          contextValue: { history: [] },
          fieldResolver: resolver,
          typeResolver: (value) => {
            const { __typename } = value as { __typename: string };
            if (guards.refusesType(__typename)) throw refusal();
            return __typename;
          },
        });
        return JSON.parse(JSON.stringify(result)) as Answer;
      }

      await fc.assert(property, { numRuns: Math.round(total / 3), seed });
      t.diagnostic(`${supergraph.name}: ${JSON.stringify(count)}`);
      assert.ok(count.refused >= count.operations / 4, 'too few operations are refused anything');
    });
  });
}

function refusal(): GraphQLError {
  return new GraphQLError('refused', { extensions: { code } });
}

const code = 'UNAUTHORIZED_FIELD_OR_TYPE';

function unauthorized({ errors = [] }: Answer): string[] {
  return errors.filter(({ extensions }) => extensions?.code === code).map(({ path = [] }) => path.join('.'));
}

/** Whether it is the same, but for a null in the place of something that holds nothing but nulls: it wasn't fetched. */
function isSame(ours: unknown, right: unknown): boolean {
  if (ours === null) return isHollow(right);
  if (typeof ours !== 'object' || typeof right !== 'object' || right === null || ours === undefined)
    return ours === right;
  const keys = Object.keys(ours);
  return (
    Array.isArray(ours) === Array.isArray(right) &&
    keys.join() === Object.keys(right).join() &&
    keys.every((key) => isSame((ours as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]))
  );
}

function isHollow(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).every(isHollow));
}

/** Each refusal is told at its place, or, where what it stands in wasn't fetched, as far as anybody knows. */
function assertTold(request: ClientRequest, ours: Answer, right: Answer): void {
  const told = unauthorized(ours).map((path) => `${path}.`);
  for (const path of unauthorized(right)) {
    const is = told.some((one) => `${path}.`.startsWith(one) || inWithheld(ours.data, path.split('.'), one));
    assert.ok(is, `${path} is not told\n${described(request, ours, right)}`);
  }
  const other = (answer: Answer) => (answer.errors ?? []).filter(({ extensions }) => extensions?.code !== code).length;
  assert.equal(other(ours) > 0, other(right) > 0, described(request, ours, right));
}

/** Whether a place lies below a null that has an error of its own, at it or below it. */
function inWithheld(data: unknown, path: readonly string[], told: string): boolean {
  let value = data;
  for (const [i, step] of path.entries()) {
    if (value == null) return told.startsWith(`${path.slice(0, i).join('.')}.`);
    value = (value as Record<string, unknown>)[step];
  }
  return false;
}

function described(request: ClientRequest, ours: Answer, right: Answer): string {
  return `${JSON.stringify(request)}\nGiven: ${JSON.stringify(ours)}\nIt should be: ${JSON.stringify(right)}`;
}
