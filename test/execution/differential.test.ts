import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type DocumentNode, parse, validate } from 'graphql';
import { assertErrorsFit, assertSameAnswer, assertSameData } from './compare.ts';
import type { ClientRequest, Executor } from './executor.ts';
import { collidingKeys, flaws } from './flaws.ts';
import { stable } from './hash.ts';
import { createJunction } from './junction.ts';
import { mischief } from './mischief.ts';
import { operations } from './operations.ts';
import { createOracle, type Oracle, truth } from './oracle.ts';
import { Subgraphs } from './subgraphs.ts';
import { company } from './supergraphs/company.ts';
import { composeTest } from './supergraphs/compose.ts';
import { ledger } from './supergraphs/ledger.ts';
import { media } from './supergraphs/media.ts';
import { shop } from './supergraphs/shop.ts';
import { World } from './world.ts';
import { writeOperation } from './write-operation.ts';

// Generated operations, each answered by Junction, by the stock gateway, and by graphql-js as if the supergraph were one schema.
// DIFFERENTIAL_OPERATIONS is how many there are in all (20 ms of processor time each), DIFFERENTIAL_SEED makes others.
const total = Number(process.env.DIFFERENTIAL_OPERATIONS ?? 2800);
const seed = Number(process.env.DIFFERENTIAL_SEED ?? 20_260);
const shares = [
  { supergraph: shop, share: 0.3 },
  { supergraph: media, share: 0.3 },
  { supergraph: ledger, share: 0.3 },
  { supergraph: company, share: 0.1 },
];

for (const { supergraph, share } of shares) {
  describe(`operations on ${supergraph.name}`, () => {
    const world = new World(supergraph);
    const subgraphs = { oracle: new Subgraphs(world, mischief, false), junction: new Subgraphs(world, mischief) };
    let oracle: Oracle;
    let junction: Executor;
    before(async () => {
      const composed = composeTest(supergraph);
      oracle = await createOracle(composed, subgraphs.oracle);
      junction = await createJunction(composed, (name, query, variables, { requestId }) =>
        subgraphs.junction.answer(name, requestId, query, variables),
      );
    });
    after(async () => {
      await junction?.close();
      await oracle?.close();
    });

    test('give what they should, also where subgraphs misbehave', async (t) => {
      const count = { operations: 0, invalid: 0, spoilt: 0, stockWrong: 0, stockLost: 0, otherPlan: 0, colliding: 0 };
      const met = new Map<string, number>();
      const drafts = fc.oneof(
        { weight: 3, arbitrary: operations(oracle.schema, { aliases: 'apart' }) },
        { weight: 1, arbitrary: operations(oracle.schema, { aliases: 'any' }) },
      );
      const property = fc.asyncProperty(drafts, async (draft) => {
        const request = writeOperation(oracle.schema, draft);
        const document = parse(request.query);
        count.operations += 1;
        if (validate(oracle.schema, document).length > 0) {
          count.invalid += 1;
          return;
        }
        const isRight = await clean(request, document);
        if (!isRight) count.stockWrong += 1;
        else if (collidingKeys.applies(document, oracle.schema, {})) count.colliding += 1;
        // Junction gives its planner a slightly different operation. What goes wrong is the same only where the fetches are.
        else if (stable(askedOf('junction')) !== stable(askedOf('oracle'))) count.otherPlan += 1;
        else if (await spoilt({ ...request, spoilt: true })) count.spoilt += 1;
        else count.stockLost += 1;
      });

      function askedOf(who: keyof typeof subgraphs): string[] {
        return [...subgraphs[who].asked].sort();
      }

      /** Whether the stock gateway is right as well. */
      async function clean(request: ClientRequest, document: DocumentNode): Promise<boolean> {
        for (const { asked } of Object.values(subgraphs)) asked.clear();
        const right = await truth(world, oracle.schema, request);
        const [ours, stock] = await Promise.all([junction.run(request), oracle.run(request)]);
        assertSameAnswer(request, ours, right, 'It should be');
        assert.deepEqual(subgraphs.junction.faults, [], request.query);
        if (stable(stock.data) === stable(right.data)) return true;
        const flaw = flaws.find(({ applies }) => applies(document, oracle.schema, stock));
        if (!flaw) assertSameData(request, stock, right, 'The stock gateway has an unknown flaw. It should be');
        else met.set(flaw.name, (met.get(flaw.name) ?? 0) + 1);
        return false;
      }

      /** Whether the stock gateway gives data at all. */
      async function spoilt(request: ClientRequest): Promise<boolean> {
        const [ours, stock] = await Promise.all([junction.run(request), oracle.run(request)]);
        assertErrorsFit(request, ours);
        if (stock.data === undefined) return false;
        assertSameData(request, ours, stock, 'The stock gateway');
        return true;
      }

      t.diagnostic(`seed ${seed}`);
      await fc.assert(property, { numRuns: Math.round(total * share), seed });
      t.diagnostic(`${supergraph.name}: ${JSON.stringify(count)}`);
      for (const [name, times] of met) t.diagnostic(`stock is wrong ${times} times: ${name}`);
      assert.ok(count.invalid <= count.operations / 100, 'too many operations are invalid');
      assert.ok(count.spoilt >= count.operations / 2, 'too few operations are compared with misbehaving subgraphs');
    });
  });
}
