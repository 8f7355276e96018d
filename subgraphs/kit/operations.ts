import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Context } from './context.ts';
import { executeQuery } from './execution/execute.ts';
import { Plan } from './execution/plan.ts';
import { documentErrors, syntaxError, variableErrors } from './refused-values.ts';

/** An operation as it comes over the wire. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** A query text that can be run. */
interface Prepared {
  readonly document: DocumentNode;
  readonly operations: readonly OperationDefinitionNode[];
  readonly fragments: Record<string, FragmentDefinitionNode>;
  /** The variables that `@skip` and `@include` name. */
  readonly conditions: readonly string[];
  /** By operation and by what those variables hold. */
  readonly plans: Map<string, Plan>;
}

type Refused = { readonly errors: readonly GraphQLError[] };

/** The most plans of one text; a gateway's queries need one or two. */
const maxPlans = 32;

/** Parses, validates and plans each query text once; a gateway sends the same few texts again and again. */
export class Operations {
  readonly #schema: GraphQLSchema;
  readonly #prepared = new LRUCache<string, Prepared | Refused>({
    // Characters, each of which takes 30 to 60 bytes once it is parsed and planned.
    maxSize: 1024 * 1024,
    sizeCalculation: (_value, text) => text.length + 1,
  });

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** Runs an operation; errors of parsing, validation and variables are in the result. */
  async run({ query, operationName, variables }: OperationRequest, context: Context): Promise<ExecutionResult> {
    const schema = this.#schema;
    const prepared = this.#prepare(query);
    if ('errors' in prepared) return prepared;
    const operation = operationOf(prepared, operationName);
    if (operation instanceof GraphQLError) return { errors: [operation] };
    const { variableDefinitions = [] } = operation;
    const values = getVariableValues(schema, variableDefinitions, variables ?? {}, { maxErrors: 50 });
    if (values.errors) return { errors: variableErrors(schema, variableDefinitions, variables ?? {}, values.errors) };
    if (operation.operation !== OperationTypeNode.QUERY) {
      const { document } = prepared;
      return execute({ schema, document, contextValue: context, variableValues: variables, operationName });
    }
    return executeQuery(this.#plan(prepared, operation, values.coerced), context, values.coerced);
  }

  #prepare(query: string): Prepared | Refused {
    let prepared = this.#prepared.get(query);
    if (!prepared) {
      prepared = prepare(this.#schema, query);
      this.#prepared.set(query, prepared);
    }
    return prepared;
  }

  #plan(
    { fragments, conditions, plans }: Prepared,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): Plan {
    const held = conditions.filter((each) => Object.hasOwn(variables, each)).map((each) => [each, variables[each]]);
    const name = [operation.name?.value, ...held].join();
    let plan = plans.get(name);
    if (!plan) {
      if (plans.size >= maxPlans) plans.clear();
      // No other variables: a plan outlives the request that it is first made for.
      plan = new Plan(this.#schema, operation, fragments, Object.fromEntries(held));
      plans.set(name, plan);
    }
    return plan;
  }
}

function prepare(schema: GraphQLSchema, query: string): Prepared | Refused {
  try {
    // Clients are told no locations, and they would take more memory than all else that is kept.
    const document = parse(query, { noLocation: true });
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors: documentErrors(schema, document, errors) };
    const { definitions } = document;
    const fragments = definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
    return {
      document,
      operations: definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION),
      fragments: Object.fromEntries(fragments.map((each) => [each.name.value, each])),
      conditions: conditionsOf(document),
      plans: new Map(),
    };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [syntaxError(error)] };
    // Parsing and validating call themselves for each level of nesting, until the stack is full.
    if (error instanceof RangeError) return { errors: [new GraphQLError('The operation is nested too deeply.')] };
    throw error;
  }
}

function conditionsOf(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: args = [] }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** The operation that is meant (GraphQL specification, 6.1). */
function operationOf({ operations }: Prepared, name: string | undefined): OperationDefinitionNode | GraphQLError {
  const [first, ...others] = operations;
  if (!first) return new GraphQLError('Must provide an operation.');
  if (name !== undefined) {
    const named = operations.find((each) => each.name?.value === name);
    return named ?? new GraphQLError(`Unknown operation named "${name}".`);
  }
  return others.length === 0
    ? first
    : new GraphQLError('Must provide operation name if query contains multiple operations.');
}
