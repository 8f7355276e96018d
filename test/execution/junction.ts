import assert from 'node:assert/strict';
import { execute } from '../../gateway/execution/execute.ts';
import { bytesOf } from '../../gateway/execution/utf8.ts';
import type { Supergraph } from '../../gateway/supergraph/compose.ts';
import { createGateway } from '../../gateway/supergraph/gateway.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { Cancellation } from '../../gateway/transport/cancellation.ts';
import { readResponse } from '../../gateway/transport/response.ts';
import type { FetchCall, SubgraphResponse } from '../../gateway/transport/transport.ts';
import { type Answer, type Executor, requestIdOf } from './executor.ts';
import { stable } from './hash.ts';

/** How a subgraph answers. */
export type AnswerFetch = (
  subgraph: string,
  query: string,
  variables: Record<string, unknown>,
  call: FetchCall,
) => Promise<SubgraphResponse>;

/** Junction's own executor over subgraphs inside the process. */
export async function createJunction(supergraph: Supergraph, answer: AnswerFetch): Promise<Executor> {
  const log = createLog({ level: 'silent' });
  const gateway = await createGateway({
    supergraph,
    transport: (name) => ({
      where: 'in the test',
      fetch: async (request, call) => {
        // Both forms of the variables have to say the same.
        const variables = JSON.parse(request.variablesText);
        assert.equal(stable(variables), stable(request.variables()));
        const response = await answer(name, request.operation.query, variables, call);
        const bytes = Buffer.from(JSON.stringify(response));
        return readResponse({ status: 200, type: 'application/json', bytes }, request.operation.read);
      },
      health: async () => ({ status: 'up' }),
      close: async () => {},
    }),
    log,
    fetchTimeoutMs: 60_000,
    planning: { timeoutMs: 60_000, memoryMb: 1024 },
  });
  let count = 0;
  return {
    run: (asked) =>
      gateway.use(async ({ operations, transports, fetchTimeoutMs }): Promise<Answer> => {
        const { query, variables } = asked;
        count += 1;
        const requestId = requestIdOf(asked, 'junction', count);
        const prepared = await operations.prepare(query, undefined, asked.denied ?? '');
        if (prepared.kind === 'busy') throw new Error('Too busy to prepare an operation');
        if (prepared.kind === 'refused') return { errors: prepared.errors };
        const outcome = await execute({
          ...prepared,
          variables,
          transports,
          fetchTimeoutMs,
          introspect: (...asked) => operations.introspect(...asked),
          call: { cancellation: new Cancellation(), deadline: performance.now() + 60_000, requestId },
          log,
        });
        return outcome.kind === 'answered'
          ? (JSON.parse(bytesOf(outcome.body).toString()) as Answer)
          : { errors: outcome.errors };
      }),
    close: () => gateway.close(),
  };
}
