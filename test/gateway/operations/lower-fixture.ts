import assert from 'node:assert/strict';
import { defaultConfigFile, type LimitSettings } from '../../../gateway/config-file.ts';
import { Planner, type PlannerOptions } from '../../../gateway/operations/planner.ts';
import type { FetchStep, Program, Step } from '../../../gateway/operations/program.ts';
import { compose } from '../../../gateway/supergraph/compose.ts';

export const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@external",
  "@provides", "@shareable", "@interfaceObject", "@inaccessible"])
`;

/** Limits that let pass what only the last resorts behind them refuse. */
export const wide: LimitSettings = {
  ...defaultConfigFile.limits,
  tokens: 15_000,
  depth: 1_000_000,
  aliases: 1_000_000,
  directives: 1_000_000,
  fields: 1_000_000_000_000,
  input_depth: 1_000_000,
};

/** A planner for these subgraphs, by name. */
export async function plannerOf(
  subgraphs: Readonly<Record<string, string>>,
  options: PlannerOptions = {},
): Promise<Planner> {
  const schemas = Object.entries(subgraphs).map(([name, sdl]) => ({
    name,
    url: `http://${name}.test`,
    where: `${name}.graphql`,
    sdl: link + sdl,
  }));
  return Planner.load(compose(schemas).sdl, options);
}

/** The program of an operation that must have one. */
export function programOf(planner: Planner, query: string): Program {
  const planning = planner.plan(query, undefined);
  assert.equal(planning.kind, 'planned', JSON.stringify(planning));
  return JSON.parse(planning.kind === 'planned' ? planning.program : '');
}

/** The errors of an operation that must be refused. */
export function refusalOf(planner: Planner, query: string) {
  const planning = planner.plan(query, undefined);
  if (planning.kind !== 'refused') throw new assert.AssertionError({ message: `Expected a refusal of ${query}` });
  return planning.errors;
}

/** Every fetch, in order. */
export function fetchesOf({ steps }: Pick<Program, 'steps'>): FetchStep[] {
  const inner = (step: Step | undefined): FetchStep[] => {
    if (!step) return [];
    if (step.kind === 'fetch') return [step];
    return step.kind === 'condition' ? [...inner(step.then), ...inner(step.otherwise)] : step.steps.flatMap(inner);
  };
  return inner(steps);
}

/** The fetches in short: `orders: {order{id}}`. */
export function textsOf(program: Program): string[] {
  return fetchesOf(program).map(({ subgraph, query }) => `${subgraph}: ${query}`);
}

/** What a fetch of entities sends for them. */
export function representationsOf(fetch: FetchStep | undefined) {
  return fetch?.target.kind === 'entities' ? fetch.target.representations : undefined;
}
