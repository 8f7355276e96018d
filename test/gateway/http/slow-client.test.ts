import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { embedded, run, subgraphSchema } from '../fixture.ts';

/** The server's ends of connections. */
const accepted: Socket[] = [];
subscribe('net.server.socket', (message) => void accepted.push((message as { socket: Socket }).socket));

test('a client that does not read its answer is cut off, so that the answer is not kept for ever', async (t) => {
  const customers = embedded(subgraphSchema('customers'));
  const execute = async () => ({ data: { customers: [{ name: 'x'.repeat(16_000_000) }] } });
  const { origin } = await run(t, {
    subgraphs: { customers: { ...customers, execute } },
    server: { stallTimeoutMs: 1_000 },
  });
  const client = connect(Number(new URL(origin).port), '127.0.0.1').pause();
  t.after(() => client.destroy());
  client.write('GET /graphql?query={customers{name}} HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(client, 'connect');
  const socket = accepted.find(({ remotePort }) => remotePort === client.localPort);
  assert.ok(socket);
  await once(socket, 'close', { signal: AbortSignal.timeout(20_000) });
});
