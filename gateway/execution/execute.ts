import { type ExecutionResult, GraphQLError, getVariableValues } from 'graphql';
import type { Logger } from 'pino';
import type { Operation } from '../operations/operation.ts';
import type { Generation } from '../supergraph/generation.ts';
import type { RequestCall, RequestContext } from '../transport/data-source.ts';
import { clientErrors, internalError } from './errors.ts';

/** How running an operation went. */
export type Outcome =
  /** It ran; `errors` tell what is missing in `data`. */
  | { readonly kind: 'answered'; readonly result: ExecutionResult }
  /** It didn't run: the client must change the request. */
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] }
  /** It broke down inside the gateway. */
  | { readonly kind: 'failed'; readonly errors: readonly GraphQLError[] };

/** The values that a client gives for an operation's variables. */
export type Variables = Readonly<Record<string, unknown>>;

/** Runs a prepared operation. Never rejects. */
export async function execute(
  { executor, transports }: Generation,
  operation: Operation,
  variables: Variables,
  call: RequestCall,
  log: Logger,
): Promise<Outcome> {
  const { schema, definition } = operation;
  const context: RequestContext = { ...call, transports };
  const { errors: refused } = getVariableValues(schema, definition.variableDefinitions ?? [], variables, {
    maxErrors: 50,
  });
  if (refused) return { kind: 'refused', errors: refused.map(badUserInput) };
  try {
    const { data, errors, extensions } = await executor(requestContext(operation, variables, context, log));
    const failures = clientErrors(errors ?? [], context.requestId, log);
    if (data === undefined) return { kind: 'failed', errors: failures };
    // The executor notes here which nulls it had to spread. A missing entity is one of them, so they are no errors by
    // themselves; but an answer that is null altogether has to say why.
    const notes = extensions?.valueCompletion as readonly GraphQLError[] | undefined;
    if (data === null && failures.length === 0) failures.push(...(notes ?? []).map(invalidValue));
    return { kind: 'answered', result: failures.length > 0 ? { errors: failures, data } : { data } };
  } catch (error) {
    // Expanding fragments calls itself for each of them, until the stack is full.
    if (error instanceof RangeError)
      return { kind: 'refused', errors: [badUserInput(new GraphQLError('The operation is too large.'))] };
    return { kind: 'failed', errors: [internalError(error, context.requestId, log)] };
  }
}

type ExecutorContext = Parameters<Generation['executor']>[0];

/** What the executor reads of Apollo Server's request context, and the little more that its type asks for. */
function requestContext(
  { schema, source, hash, document, definition, operationName }: Operation,
  variables: Variables,
  context: RequestContext,
  log: Logger,
): ExecutorContext {
  const request = { query: source, variables, ...(operationName !== undefined && { operationName }) };
  const named = operationName ?? definition.name?.value ?? null;
  const needed: Omit<ExecutorContext, 'cache' | 'schemaHash' | 'overallCachePolicy'> = {
    request,
    schema,
    source,
    queryHash: hash,
    document,
    operation: definition,
    operationName: named,
    context,
    logger: log,
    metrics: {},
  };
  return needed as ExecutorContext;
}

function badUserInput({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'BAD_USER_INPUT' } });
}

function invalidValue({ message, path }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { ...(path && { path }), extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' } });
}
