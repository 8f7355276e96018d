import {
  BREAK,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
  visit,
} from 'graphql';
import { shortened } from '../execution/shown.ts';
import { checkDocument, type DocumentLimits, tooManyTokens } from './limits/document.ts';
import { withoutForeignNames } from './limits/names.ts';
import type { Refusal } from './refusal.ts';

/** A valid operation, and the fragments that it uses; nothing else of the text. */
export interface OperationDocument extends DocumentNode {
  readonly definitions: readonly [OperationDefinitionNode, ...FragmentDefinitionNode[]];
}

/** What a text is read against. */
export interface ReadableSchema {
  readonly schema: GraphQLSchema;
  /** Whether clients may ask for the schema itself. If not, no error tells names that the client doesn't know either. */
  readonly introspection: boolean;
}

/**
 * Parses a text, holds it to the limits, validates it, chooses the operation, and refuses introspection where that is
 * turned off. Where it is, no message has a name that the text hasn't.
 */
export function readDocument(
  { schema, introspection }: ReadableSchema,
  query: string,
  operationName: string | undefined,
  limits: DocumentLimits,
): OperationDocument | { readonly errors: readonly Refusal[] } {
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: limits.tokens });
    const tooLarge = checkDocument(document, limits);
    if (tooLarge) return { errors: [tooLarge] };
    const errors = validate(schema, document, undefined, { hideSuggestions: !introspection });
    if (errors.length > 0) {
      const refusals = errors.map((error) =>
        error.message === 'Validation aborted.' ? tooRepetitive : refusal(error, 'GRAPHQL_VALIDATION_FAILED'),
      );
      return { errors: introspection ? refusals : refusals.map((one) => discreet(one, query)) };
    }
  } catch (error) {
    if (isTokenError(error)) return { errors: [tooManyTokens(limits.tokens)] };
    // Parsing and validating call themselves for each level of nesting, until the stack is full.
    const tooDeep = error instanceof RangeError && new GraphQLError('The operation is nested too deeply.');
    if (!tooDeep && !(error instanceof GraphQLError)) throw error;
    return { errors: [refusal(tooDeep || (error as GraphQLError), 'GRAPHQL_PARSE_FAILED')] };
  }
  const operation = getOperationAST(document, operationName);
  if (!operation) return { errors: [refusal(choiceError(document, operationName), 'OPERATION_RESOLUTION_FAILURE')] };
  if (!schema.getRootType(operation.operation)) {
    const error = new GraphQLError(`This schema has no ${operation.operation}s.`, { nodes: operation });
    return { errors: [refusal(error, 'OPERATION_RESOLUTION_FAILURE')] };
  }
  const chosen: OperationDocument = {
    kind: Kind.DOCUMENT,
    definitions: [operation, ...usedFragments(document, operation)],
  };
  return introspection || !asksForSchema(chosen) ? chosen : { errors: [closedIntrospection] };
}

/** GraphQL's own validation compares fields of one response key with each other, up to a bound. */
const tooRepetitive: Refusal = {
  message: 'The operation repeats its fields too often to be validated.',
  extensions: { code: 'OPERATION_TOO_COMPLEX' },
};

const closedIntrospection: Refusal = {
  message: 'Introspection is turned off here.',
  extensions: { code: 'INTROSPECTION_DISABLED' },
};

/** Whether `__schema` or `__type` is asked for: wherever a valid document has them, as nothing else may have these names. */
function asksForSchema(document: OperationDocument): boolean {
  let asks = false;
  visit(document, {
    Field({ name }) {
      asks = name.value === '__schema' || name.value === '__type';
      return asks ? BREAK : undefined;
    },
  });
  return asks;
}

function usedFragments({ definitions }: DocumentNode, operation: OperationDefinitionNode): FragmentDefinitionNode[] {
  const used = new Set<string>();
  const look = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = used.has(name.value) ? undefined : fragments.find((one) => one.name.value === name.value);
        used.add(name.value);
        if (fragment) look(fragment);
      },
    });
  };
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  look(operation);
  return fragments.filter(({ name }) => used.has(name.value));
}

function choiceError({ definitions }: DocumentNode, operationName: string | undefined): GraphQLError {
  const names = definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value ?? '(no name)'] : [],
  );
  return new GraphQLError(
    operationName
      ? `The document has no operation named "${shortened(operationName)}".`
      : `The document has ${names.length} operations. Expected "operationName" to choose one.`,
  );
}

/** Whether the parser stopped at its limit of tokens: of all that it throws, only the words tell. */
function isTokenError(error: unknown): boolean {
  return (
    error instanceof GraphQLError && /^Syntax Error: Document contains more tha[tn] \d+ tokens/.test(error.message)
  );
}

function discreet(one: Refusal, query: string): Refusal {
  return { ...one, message: withoutForeignNames(one.message, query) };
}

/** The error as a client gets it. */
function refusal({ message, locations }: GraphQLError, code: string): Refusal {
  return { message, ...(locations && { locations }), extensions: { code } };
}
