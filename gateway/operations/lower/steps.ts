import type { FetchNode, PlanNode, SubscriptionNode } from '@apollo/query-planner';
import { parse } from 'graphql';
import type { FetchStep, Step } from '../program.ts';
import { shownText } from '../shown.ts';
import { FetchDocument } from './fetch-document.ts';
import type { Joins } from './joins.ts';
import type { KeyOrder } from './key-order.ts';
import { enterable } from './keys.ts';
import type { Narrowed } from './planned.ts';
import { lowerRenames, lowerRepresentations, type Names } from './representations.ts';
import { splitFetch } from './split.ts';

export interface StepsOptions extends Names {
  readonly joins: Joins;
  readonly narrowed: Narrowed;
  readonly order: KeyOrder;
  /** The client's name of a variable that the planner knows by another. */
  readonly clientNameOf: (variable: string) => string;
}

/** A plan's nodes as steps. Errors: UnplannableError. */
export function lowerSteps(node: PlanNode | SubscriptionNode, options: StepsOptions): Step {
  return lowerNode(node, [], options);
}

function lowerNode(node: PlanNode | SubscriptionNode, path: readonly string[], options: StepsOptions): Step {
  const inner = (next: PlanNode) => lowerNode(next, path, options);
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', steps: node.nodes.map(inner) };
    case 'Parallel':
      return { kind: 'parallel', steps: node.nodes.map(inner) };
    case 'Flatten':
      return lowerNode(node.node, [...path, ...node.path.map(String)], options);
    case 'Fetch':
      return lowerFetch(node, path, options);
    case 'Condition':
      return {
        kind: 'condition',
        variable: options.clientNameOf(node.condition),
        // biome-ignore lint/suspicious/noThenProperty: a step is never awaited, and JSON has no functions.
        ...(node.ifClause && { then: inner(node.ifClause) }),
        ...(node.elseClause && { otherwise: inner(node.elseClause) }),
      };
    case 'Subscription':
      return node.rest ? { kind: 'sequence', steps: [inner(node.primary), inner(node.rest)] } : inner(node.primary);
    case 'Defer':
      throw new Error('The planner was told not to defer.');
  }
}

function lowerFetch(node: FetchNode, path: readonly string[], options: StepsOptions): Step {
  if (!node.operationDocumentNode) throw new Error('The planner was told to expose documents.');
  const document = new FetchDocument(node.operationDocumentNode);
  if (!node.requires) return fetchStep(node, document, rootTarget(document, path, options), options);
  const parts = splitFetch(node.serviceName, document, node.requires, { ...options, path });
  const steps = parts.map(({ document, requires }) => {
    const lowered = lowerRepresentations(requires, node.inputRewrites, options);
    const representations = enterable(lowered, node.serviceName, options.joins);
    const target: FetchStep['target'] = { kind: 'entities', path, variable: 'representations', representations };
    return fetchStep(node, document, target, options, parts.length > 1);
  });
  const [only] = steps;
  return steps.length === 1 && only ? only : { kind: 'parallel', steps };
}

function rootTarget(
  document: FetchDocument,
  path: readonly string[],
  { clientNameOf }: StepsOptions,
): FetchStep['target'] {
  const keys = document.rootKeys().map(({ key, when }) => ({
    key,
    ...(when && {
      when: when.map((group) => group.map(({ variable, is }) => ({ variable: clientNameOf(variable), is }))),
    }),
  }));
  return { kind: 'root', ...(path.length > 0 && { path }), keys };
}

function fetchStep(
  node: FetchNode,
  planned: FetchDocument,
  target: FetchStep['target'],
  options: StepsOptions,
  isPart = false,
): FetchStep {
  const order = options.order.at(target.path ?? []);
  const ordered = order && planned.inOrder(order);
  const document = ordered ?? planned;
  const isChanged = isPart || ordered || options.requirements.occursIn(node.operation);
  const isEntities = target.kind === 'entities';
  const variables = document
    .variables()
    .filter((name) => !(isEntities && name === target.variable))
    .map((as) => {
      const name = options.clientNameOf(as);
      return name === as ? { name } : { name, as };
    });
  const query = isChanged ? document.print(options.requirements) : node.operation;
  const shown = document.holdsValues() ? shownText(parse(query, { noLocation: true })) : query;
  return {
    kind: 'fetch',
    subgraph: node.serviceName,
    operation: node.operationKind,
    query,
    ...(shown !== query && { shown }),
    ...(node.operationName !== undefined && { operationName: node.operationName }),
    variables,
    target,
    response: document.response(),
    renames: lowerRenames(node.outputRewrites, options),
  };
}
