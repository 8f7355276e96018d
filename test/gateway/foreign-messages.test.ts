import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readConfig } from '../../gateway/config.ts';
import { Embedded } from '../../gateway/embedded/embed.ts';
import { startGateway } from '../../gateway/start.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { served } from './transport/fixture.ts';

const words = 'password "hunter2" is wrong for billing@db-7';

test('what a server that is not Junction’s says in an error stays inside, unless gateway.yaml says that it is for clients', async (t) => {
  const answer = (message: string) => ({
    errors: [{ message, path: ['total'], extensions: { code: 'NO_TOTAL', serviceName: 'billing' } }],
    data: { total: null },
  });
  assert.deepEqual(await asked(t, []), answer('The subgraph "billing" answered with an error.'));
  assert.deepEqual(await asked(t, ['billing']), answer(words));
});

/** The answer of a gateway before one foreign subgraph, with this `subgraphs.messages_from`. */
async function asked(t: TestContext, messages_from: readonly string[]): Promise<unknown> {
  const url = await served(t, (response) => {
    const errors = [{ message: words, path: ['total'], extensions: { code: 'NO_TOTAL', stacktrace: [words] } }];
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ errors, data: { total: null } }));
  });
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const written = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  written('billing.graphql', 'type Query { total: Int }');
  const subgraphs = { billing: { routing_url: url, schema: { file: './billing.graphql' } } };
  const config = readConfig({
    SUPERGRAPH_CONFIG: written('supergraph.yaml', JSON.stringify({ subgraphs })),
    GATEWAY_CONFIG: written('gateway.yaml', JSON.stringify({ subgraphs: { messages_from } })),
    DEMO_FOLDER: folder,
    SUPERGRAPH_POLL_MS: '0',
    PORT: '0',
  });
  let origin = '';
  const output = {
    write(line: string) {
      origin = JSON.parse(line).url ?? origin;
    },
  };
  const log = createLog({ level: 'info', output });
  const standIns = Promise.reject(new Error('none is needed'));
  standIns.catch(() => {});
  const running = await startGateway({
    config,
    file: await readSupergraphFile(config.supergraphFile),
    environment: {},
    log,
    embedding: Promise.resolve(new Embedded({ environment: {}, standIns, systemTimeoutMs: 1_000, log })),
    inside: [],
    conditions: [],
  });
  t.after(() => running.stop());
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ total }' }),
    signal: AbortSignal.timeout(20_000),
  });
  return response.json();
}
