import type { QueryPlan } from '@apollo/query-planner';
import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Program, Step } from '../program.ts';
import { shownText } from '../shown.ts';
import { and, conditionOf, isNever, type When } from './conditions.ts';
import { UnplannableError } from './errors.ts';
import { expand } from './expand.ts';
import { lowerInputs } from './inputs.ts';
import type { InterfaceFields } from './interface-fields.ts';
import type { Joins } from './joins.ts';
import { KeyOrder } from './key-order.ts';
import { plannedOperation } from './planned.ts';
import { type Requirements, unusedPrefix } from './requirements.ts';
import type { Refusals } from './rules/refusals.ts';
import type { SchemaRules } from './rules/schema-rules.ts';
import { withhold } from './rules/withhold.ts';
import { lowerSelections } from './selections.ts';
import { lowerSteps } from './steps.ts';
import { TreeKeys } from './tree-keys.ts';
import type { SupergraphTypes } from './types.ts';

/** What a supergraph says that lowering needs. */
export interface LoweringSchema {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly types: SupergraphTypes;
  readonly joins: Joins;
  readonly requirements: Requirements;
  readonly interfaceFields: InterfaceFields;
  readonly rules: SchemaRules;
}

/** An operation in its canonical form. */
export interface CanonicalOperation {
  /** One valid operation and its fragments. */
  readonly document: DocumentNode;
  /** The document's text. */
  readonly text: string;
  /** The names of variables that stand for literals. */
  readonly literals: ReadonlySet<string>;
}

/**
 * Plans what is not refused of an operation and lowers the plan. Errors: TooComplexError, UnplannableError, and whatever the planner throws.
 */
export function lower(
  { document, text, literals }: CanonicalOperation,
  planOf: (operation: OperationDefinitionNode) => QueryPlan,
  lowering: LoweringSchema,
  refusals: Refusals,
): Program {
  const { schema, types, joins, requirements, interfaceFields } = lowering;
  const operation = expand(document);
  const keys = new TreeKeys(requirements, interfaceFields, text);
  const representationsAs = unusedPrefix('representations_', text);
  const allowed = withhold(operation, refusals, lowering);
  const options = { schema, types, keys, interfaceFields, representationsAs };
  const planned = allowed && plannedOperation(allowed, options);
  const { node } = planned ? planOf(planned.operation) : {};
  const clientNameOf = (name: string) => (name === representationsAs ? 'representations' : name);
  const narrowed = planned?.narrowed ?? new Map();
  const order = planned ? KeyOrder.of(planned.operation) : new KeyOrder();
  const steps = node && lowerSteps(node, { types, requirements, joins, narrowed, order, clientNameOf });
  if (planned) assertFetched(planned.operation, steps);
  return {
    kind: operation.operation,
    ...(operation.name && { name: operation.name.value }),
    text: shownText(document),
    ...lowerInputs(schema, operation.variableDefinitions ?? [], literals),
    ...(steps && { steps }),
    ...lowerSelections(operation, { schema, types, keys, refusals }),
  };
}

/** The planner leaves out what no subgraph can answer. An answer without it would be taken for one that has none. */
function assertFetched({ selectionSet }: OperationDefinitionNode, steps: Step | undefined): void {
  const fetched = new Set(steps && rootKeys(steps));
  const look = ({ selections }: SelectionSetNode, outer: When): void => {
    for (const selection of selections) {
      const when = and(outer, conditionOf(selection.directives));
      if (isNever(when)) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) look(selection.selectionSet, when);
      if (selection.kind !== Kind.FIELD) continue;
      const { alias, name } = selection;
      if (!fetched.has((alias ?? name).value)) throw new UnplannableError(`no subgraph has all of "${name.value}"`);
    }
  };
  look(selectionSet, undefined);
}

/** The keys of the root that something is fetched for. */
function* rootKeys(step: Step): Generator<string> {
  switch (step.kind) {
    case 'fetch':
      if (step.target.kind === 'root' && !step.target.path) for (const { key } of step.target.keys) yield key;
      break;
    case 'condition':
      if (step.then) yield* rootKeys(step.then);
      if (step.otherwise) yield* rootKeys(step.otherwise);
      break;
    default:
      for (const inner of step.steps) yield* rootKeys(inner);
  }
}
