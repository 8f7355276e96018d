import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';

/** An operation that fits the schema and is ready to run. */
export interface Operation {
  /** The schema that it was validated against. */
  readonly schema: GraphQLSchema;
  /** The client's text; it may hold further operations. */
  readonly source: string;
  /** sha256 of the text, in hexadecimal digits. */
  readonly hash: string;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  /** As the client gave it. */
  readonly operationName: string | undefined;
}

/** What a client asks for. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
}

/** Far above what people write; it stops texts that are made to be expensive before they are parsed to the end. */
const maxTokens = 15_000;

/** Parses and validates operations, and keeps the last ones: 2,000 texts of together at most 16 million characters. */
export class Operations {
  #schema: GraphQLSchema | undefined;
  #documents = emptyCache();

  /** The operation, or the errors that the client gets instead. */
  prepare(schema: GraphQLSchema, { query, operationName }: OperationRequest): Operation | readonly GraphQLError[] {
    if (schema !== this.#schema) {
      this.#schema = schema;
      this.#documents = emptyCache();
    }
    const known = this.#documents.get(query) ?? read(schema, query);
    if ('errors' in known) return known.errors;
    this.#documents.set(query, known);

    const { document, hash } = known;
    const definition = getOperationAST(document, operationName);
    if (!definition) return [resolutionError(document, operationName)];
    if (!schema.getRootType(definition.operation)) {
      const message = `This schema has no ${definition.operation}s.`;
      return [new GraphQLError(message, { nodes: definition, extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })];
    }
    return { schema, source: query, hash, document, definition, operationName: operationName ?? undefined };
  }
}

interface ValidDocument {
  readonly document: DocumentNode;
  readonly hash: string;
}

function emptyCache(): LRUCache<string, ValidDocument> {
  return new LRUCache({ max: 2_000, maxSize: 16_000_000, sizeCalculation: (_document, query) => query.length });
}

function read(schema: GraphQLSchema, query: string): ValidDocument | { readonly errors: readonly GraphQLError[] } {
  try {
    const document = parse(query, { maxTokens });
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors: errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')) };
    return { document, hash: createHash('sha256').update(query).digest('hex') };
  } catch (error) {
    // Parsing and validating call themselves for each level of nesting, until the stack is full.
    const tooDeep = error instanceof RangeError && new GraphQLError('The operation is nested too deeply.');
    if (!tooDeep && !(error instanceof GraphQLError)) throw error;
    return { errors: [coded(tooDeep || (error as GraphQLError), 'GRAPHQL_PARSE_FAILED')] };
  }
}

function resolutionError({ definitions }: DocumentNode, operationName: string | null | undefined): GraphQLError {
  const names = definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value ?? '(no name)'] : [],
  );
  const message = operationName
    ? `The document has no operation named "${operationName}".`
    : `The document has ${names.length} operations. Expected "operationName" to choose one.`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

/** The same error with a code. */
function coded({ message, nodes, source, positions }: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code },
  });
}
