import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Context } from './context.ts';

/** An operation as it comes over the wire. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

type Prepared = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

/** Parses and validates each query text once; a gateway sends the same few texts again and again. */
export class Operations {
  readonly #schema: GraphQLSchema;
  readonly #prepared = new LRUCache<string, Prepared>({
    maxSize: 8 * 1024 * 1024,
    sizeCalculation: (_value, text) => text.length + 1,
  });

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** Runs an operation; errors of parsing and validation are in the result. */
  async run({ query, operationName, variables }: OperationRequest, context: Context): Promise<ExecutionResult> {
    const prepared = this.#prepare(query);
    if ('errors' in prepared) return prepared;
    return execute({
      schema: this.#schema,
      document: prepared.document,
      contextValue: context,
      variableValues: variables ?? null,
      operationName: operationName ?? null,
    });
  }

  #prepare(query: string): Prepared {
    let prepared = this.#prepared.get(query);
    if (!prepared) {
      prepared = prepare(this.#schema, query);
      this.#prepared.set(query, prepared);
    }
    return prepared;
  }
}

function prepare(schema: GraphQLSchema, query: string): Prepared {
  try {
    const document = parse(query);
    const errors = validate(schema, document);
    return errors.length > 0 ? { errors } : { document };
  } catch (error) {
    return { errors: [error as GraphQLError] };
  }
}
