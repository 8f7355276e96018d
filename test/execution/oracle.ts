import { ApolloGateway } from '@apollo/gateway';
import { execute, type GraphQLSchema, Kind, parse } from 'graphql';
import type { Supergraph } from '../../gateway/supergraph/compose.ts';
import { type Answer, type ClientRequest, type Executor, requestIdOf } from './executor.ts';
import type { Subgraphs } from './subgraphs.ts';
import type { World } from './world.ts';

/** The stock gateway with its own executor: the oracle. */
export interface Oracle extends Executor {
  /** The schema that clients see. */
  readonly schema: GraphQLSchema;
}

/** Loads a supergraph into Apollo's gateway. */
export async function createOracle({ sdl }: Supergraph, subgraphs: Pick<Subgraphs, 'answer' | 'end'>): Promise<Oracle> {
  process.env.APOLLO_TELEMETRY_DISABLED = 'true';
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const gateway = new ApolloGateway({
    // It refuses schemas with rules, which are none of its business here.
    supergraphSdl: sdl.replaceAll(
      /(specs\.apollo\.dev\/(?:authenticated|requiresScopes|policy)\/v0\.1"), for: SECURITY/g,
      '$1',
    ),
    buildService: ({ name }) => ({
      process: async ({ request, context }) =>
        (await subgraphs.answer(
          name,
          String(context.requestId),
          request.query ?? '',
          request.variables ?? {},
        )) as never,
    }),
    logger: quiet,
    validateSupergraph: false,
  });
  const { schema, executor } = await gateway.load();
  let count = 0;
  return {
    schema,
    run: async (asked) => {
      const { query, variables } = asked;
      count += 1;
      const requestId = requestIdOf(asked, 'oracle', count);
      const document = parse(query);
      const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
      const result = await executor({
        request: { query, variables },
        schema,
        source: query,
        queryHash: query,
        document,
        operation,
        operationName: null,
        context: { requestId },
        logger: quiet,
        metrics: {},
        cache: undefined,
      } as never).catch((error: Error) => ({ errors: [error] }));
      subgraphs.end(requestId);
      return asJson(result);
    },
    close: async () => gateway.stop(),
  };
}

/** What the operation gives by the specification, where the whole supergraph is one schema: a second opinion. */
export async function truth(world: World, schema: GraphQLSchema, { query, variables }: ClientRequest): Promise<Answer> {
  const result = await execute({
    schema,
    document: parse(query),
    variableValues: variables,
    contextValue: { history: [] },
    fieldResolver: world.resolver as never,
  });
  return asJson(result);
}

/** As a client reads it. The stock executor puts plain errors among GraphQL's, which have no JSON. */
function asJson({ data, errors }: { data?: unknown; errors?: readonly Error[] }): Answer {
  const plain = errors?.map((error) => ({ ...error, message: error.message }));
  return JSON.parse(JSON.stringify({ data, errors: plain })) as Answer;
}
