/** How an answer was made: `extensions.trace`, as `gateway/telemetry/told.ts` says it. Times in milliseconds. */
export interface Trace {
  readonly preparing: { readonly ms: number; readonly kept: boolean };
  readonly ms: number;
  readonly plan?: Step;
  readonly refusals: readonly Refusal[];
}

/** Something that the caller may not see, and the rule that says so. */
export interface Refusal {
  readonly path?: readonly (string | number)[];
  readonly message: string;
}

/** A step of a query plan. */
export type Step =
  | { readonly kind: 'sequence' | 'parallel'; readonly steps: readonly Step[] }
  | { readonly kind: 'condition'; readonly variable: string; readonly then?: Step; readonly otherwise?: Step }
  | FetchStep;

/** A fetch of a plan, with what came of it: none, where it wasn't made. */
export interface FetchStep {
  readonly kind: 'fetch';
  readonly subgraph: string;
  readonly query: string;
  readonly path?: readonly string[];
  readonly fetches: readonly Fetch[];
}

export interface Fetch {
  readonly startMs: number;
  readonly ms?: number;
  readonly bytes?: number;
  readonly code?: string;
  readonly errors?: number;
  readonly shared?: boolean;
}

/** What an operation costs, in the gateway's units: `extensions.cost`. */
export interface Cost {
  readonly estimated: number;
  readonly actual: number;
  readonly maximum: number;
}

/** A plan's fetches, in its own order. */
export function fetchSteps(step: Step | undefined): FetchStep[] {
  if (!step) return [];
  switch (step.kind) {
    case 'fetch':
      return [step];
    case 'condition':
      return [...fetchSteps(step.then), ...fetchSteps(step.otherwise)];
    default:
      return step.steps.flatMap(fetchSteps);
  }
}

/** Where a fetch's results go: `customer.orders.nodes[]`; undefined for the operation itself. */
export function placeOf({ path = [] }: Pick<FetchStep, 'path'>): string | undefined {
  return path.length === 0 ? undefined : path.join('.').replaceAll('.@', '[]');
}
