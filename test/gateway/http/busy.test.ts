import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openToAll } from '../../../gateway/access/access.ts';
import { compile } from '../../../gateway/execution/compile.ts';
import type { Prepared } from '../../../gateway/operations/prepared.ts';
import { busy, OperationRefusedError } from '../../../gateway/operations/refusal.ts';
import { createServer } from '../../../gateway/server.ts';
import type { Gateway } from '../../../gateway/supergraph/gateway.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { post } from '../fixture.ts';

const introspection = compile({
  kind: 'query',
  text: '{__schema{description}}',
  variables: [],
  inputTypes: {},
  selections: [
    {
      type: 'Query',
      fields: [
        { key: '__schema', value: { kind: 'introspection', query: '{value:__schema{description}}', variables: [] } },
      ],
    },
  ],
  enums: {},
  interfaceObjects: [],
});

const cases: Record<string, Prepared> = {
  'an operation that was never asked before': { kind: 'busy' },
  'introspection that is asked for each time': { kind: 'ready', operation: introspection, literals: {} },
};

for (const [what, prepared] of Object.entries(cases)) {
  test(`while too much waits to be planned, ${what} is to be sent again`, async (t) => {
    const gateway: Gateway = {
      use: (run) =>
        run({
          operations: {
            rules: [],
            prepare: () => prepared,
            introspect: () => Promise.reject(new OperationRefusedError([busy])),
            mostUsed: () => [],
            close: async () => {},
          },
          transports: new Map(),
          fetchTimeoutMs: 1_000,
        }),
      planner: () => assert.fail(),
      update: async () => {},
      health: async () => [],
      state: () => assert.fail(),
      close: async () => {},
    };
    const log = createLog({ level: 'silent' });
    const server = createServer({
      access: await openToAll(log),
      gateway,
      log,
      requestTimeoutMs: 1_000,
    });
    const origin = await server.listen({ host: '127.0.0.1', port: 0 });
    t.after(() => server.close());
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const answer = await post(origin, '{"query":"any"}', { headers: { accept } });
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '1']);
      const { errors } = (await answer.json()) as { errors: { extensions: unknown }[] };
      assert.deepEqual(
        errors.map(({ extensions }) => extensions),
        [{ code: 'SERVICE_BUSY' }],
      );
    }
  });
}
