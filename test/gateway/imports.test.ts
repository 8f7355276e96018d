import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { folderWith, post } from './fixture.ts';

const root = resolve(import.meta.dirname, '../..');

test("the serving thread of the gateway alone imports neither GraphQL's own package nor those that compose and plan", async (t) => {
  // Nothing listens at port 9, which is reserved for throwing things away.
  const supergraph = readFileSync(join(root, 'test/supergraph/supergraph.yaml'), 'utf8')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:9')
    .replaceAll('file: ../..', `file: ${root}`);
  const folder = await folderWith(t, { 'supergraph.yaml': supergraph, 'imported.mjs': imported });
  const gateway = spawn(process.execPath, ['--import', join(folder, 'imported.mjs'), 'gateway/main.ts', 'gateway'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, PORT: '0', SUPERGRAPH_CONFIG: join(folder, 'supergraph.yaml') },
  });
  t.after(() => gateway.kill('SIGKILL'));
  const urls: string[] = [];
  gateway.on('message', (url: string) => urls.push(url));
  const { stdout } = gateway;
  assert.ok(stdout);
  const answer = await post(await originOf(stdout), '{"query":"{ __typename customer(id: 1) { name } }"}');
  stdout.resume();
  const { data } = (await answer.json()) as { data: unknown };
  assert.deepEqual(data, { __typename: 'Query', customer: null });
  const exited = once(gateway, 'exit');
  gateway.kill('SIGTERM');
  await exited;

  assert.ok(urls.some((url) => url.endsWith('/gateway/embedded/embed.ts')));
  const packages = urls.map((url) => /\/node_modules\/((@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? '');
  assert.ok(packages.includes('undici'));
  assert.deepEqual(
    [...new Set(packages)].filter((name) => /^(@apollo\/|@?graphql)/.test(name)),
    [],
  );
});

/** Tells the URLs of all modules that the first thread imports, CommonJS too. */
const imported = `
  import { registerHooks } from 'node:module';
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) {
    registerHooks({ load(url, context, next) { process.send(url); return next(url, context); } });
    process.channel.unref();
  }
`;

async function originOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const { url } = line.startsWith('{') ? JSON.parse(line) : {};
    if (url) return url;
  }
  throw new Error('it ended before it was ready');
}
