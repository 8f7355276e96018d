import assert from 'node:assert/strict';
import { buildASTSchema, parse, validate } from 'graphql';
import { actualCost } from '../../../gateway/operations/cost/actual.ts';
import { readCostDirectives } from '../../../gateway/operations/cost/directives.ts';
import { estimateCost } from '../../../gateway/operations/cost/estimate.ts';
import type { CostExpression } from '../../../gateway/operations/cost/expression.ts';
import { weigh } from '../../../gateway/operations/cost/weigh.ts';
import { takeLiterals } from '../../../gateway/operations/literals.ts';
import { expand } from '../../../gateway/operations/lower/expand.ts';

/** How a supergraph's schema names the directives. */
export const link = 'extend schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", "@listSize"])\n';

/** How long lists are taken to be in these tests. */
export const listSize = 10;

/** An operation as it is planned: with variables for its literals, or with the literals. Both cost the same. */
export interface Weighed {
  readonly expression: CostExpression;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Weighs an operation against a schema, as it is written and with variables for its literals. Each goes through JSON. */
export function weighed(sdl: string, query: string): readonly [Weighed, Weighed] {
  const definitions = parse(link + sdl);
  const schema = buildASTSchema(definitions, { assumeValidSDL: true });
  const costs = readCostDirectives(definitions);
  const written = parse(query);
  assert.deepEqual(validate(schema, written), []);
  const { document, values } = takeLiterals(schema, written);
  const expressionOf = (one: typeof document): CostExpression =>
    JSON.parse(JSON.stringify(weigh(expand(one), { schema, costs, listSize })));
  return [
    { expression: expressionOf(written), values: {} },
    { expression: expressionOf(document), values },
  ];
}

/** What an operation is estimated to cost. */
export function estimateOf(sdl: string, query: string, variables: Readonly<Record<string, unknown>> = {}): number {
  const [first, second] = weighed(sdl, query).map(({ expression, values }) =>
    estimateCost(expression, { ...variables, ...values }),
  );
  assert.equal(first, second, 'literals and variables of the same values cost the same');
  return first ?? Number.NaN;
}

/** What an operation has cost by its answer. */
export function actualOf(
  sdl: string,
  query: string,
  data: unknown,
  variables: Readonly<Record<string, unknown>> = {},
): number {
  const [first, second] = weighed(sdl, query).map(({ expression, values }) =>
    actualCost(expression, { ...variables, ...values }, data),
  );
  assert.equal(first, second, 'literals and variables of the same values cost the same');
  return first ?? Number.NaN;
}
