import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { embedded, run, subgraphSchema, until } from '../fixture.ts';

const post = (id: string) => {
  const body = JSON.stringify({ query: '{ order(id: "10") { total } }'.replace('10', id) });
  return `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
};

for (const order of [
  ['10', '20'],
  ['20', '10'],
]) {
  test(`closing answers all that was asked on one connection at once, whichever is ready first: ${order}`, async (t) => {
    const orders = embedded(subgraphSchema('orders'));
    const release = new Map<string, () => void>();
    const { origin, server } = await run(t, {
      subgraphs: {
        orders: {
          ...orders,
          async execute(request, call) {
            const id = String(Object.values(request.variables ?? {})[0]);
            await new Promise<void>((resolve) => release.set(id, resolve));
            return orders.execute(request, call);
          },
        },
      },
    });
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    const received = socket.toArray();
    socket.write(post('10') + post('20'));
    await until(() => release.size === 2);
    const closed = server.close();
    for (const id of order) {
      release.get(id)?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const text = (await received).join('');
    assert.deepEqual(text.match(/"total":\d+|connection: close/gi), ['"total":10', 'connection: close', '"total":20']);
    await closed;
  });
}
