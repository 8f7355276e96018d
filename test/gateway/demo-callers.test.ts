import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { DemoIssuer } from '../../gateway/access/identity/demo-callers.ts';
import { run } from './fixture.ts';

test('demo callers are listed and give out tokens, and nothing keeps them', async (t) => {
  const demo = new DemoIssuer(Buffer.alloc(32, 1));
  const { origin } = await run(t, { server: { demo } });
  const list = JSON.parse((await get(origin, '/demo')).body);
  assert.deepEqual(
    list.map(({ name }: { name: string }) => name),
    ['agent', 'supervisor', 'dashboard', 'reporting', 'customer'],
  );
  const agent = await get(origin, '/demo/agent');
  assert.deepEqual([agent.status, agent.cache, agent.sniffing], [200, 'no-store', 'nosniff']);
  assert.equal((await demo.verify(agent.body)).id, 'urn:junction:demo agent');
  assert.equal((await get(origin, '/demo/__proto__')).status, 404);
});

test('without them there is no such path', async (t) => {
  const { origin } = await run(t);
  assert.equal((await get(origin, '/demo')).status, 404);
  assert.equal((await get(origin, '/demo/agent')).status, 404);
});

function get(origin: string, path: string) {
  type Answer = Record<'cache' | 'sniffing', unknown> & { status: number | undefined; body: string };
  return new Promise<Answer>((resolve, reject) => {
    request(`${origin}${path}`, (response) => {
      const { statusCode: status, headers } = response;
      const { 'cache-control': cache, 'x-content-type-options': sniffing } = headers;
      text(response).then((body) => resolve({ status, cache, sniffing, body }), reject);
    })
      .on('error', reject)
      .end();
  });
}
