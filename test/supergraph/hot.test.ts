import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { ask, folderWith, served, until } from '../gateway/fixture.ts';

const root = resolve(import.meta.dirname, '../..');
const query = '{ orderByNumber(number: "W100018870") { status satisfaction lines { quantity } customer { name } } }';

test('Junction runs: a system joins it, breaks, is mended and leaves, without a restart', async (t) => {
  const typeDefs = parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { surveys: [String!] }
    type Order @key(fields: "id") { id: ID! satisfaction: Int }`);
  const resolvers = { Order: { satisfaction: () => 5 } } as never;
  const surveys = await served(t, buildSubgraphSchema([{ typeDefs, resolvers }]));
  const four = readFileSync(resolve(import.meta.dirname, 'supergraph.yaml'), 'utf8').replaceAll('../..', root);
  const three = four.slice(0, four.indexOf('  finance:'));
  const folder = await folderWith(t, { 'supergraph.yaml': three });
  const file = join(folder, 'supergraph.yaml');
  const { url, stop } = await start(t, file);
  const status = async () => {
    const health = await fetch(`${url}/health/ready`);
    const { supergraph } = (await health.json()) as { supergraph: { status: string; faults?: string[] } };
    return [health.status, supergraph.status, ...(supergraph.faults ?? [])];
  };
  const answer = async () => JSON.stringify(await ask(url, query));
  const balance = async () =>
    JSON.stringify(await ask(url, '{ customer(id: "10001") { account { balance { amount } } } }'));
  assert.match(await balance(), /Cannot query field \\"account\\"/);

  // It has a folder here, and no settings: it joins with its stand-in.
  writeFileSync(file, four);
  await until(async () => (await balance()).startsWith('{"data"'));
  assert.match(await balance(), /"amount":"[\d.-]+"/);

  writeFileSync(file, `${four}  surveys:\n    schema:\n      subgraph_url: ${surveys}\n`);
  await until(async () => (await answer()).startsWith('{"data"'));
  assert.deepEqual(await ask(url, query), {
    data: {
      orderByNumber: {
        status: 'COMPLETED',
        satisfaction: 5,
        lines: [{ quantity: 33 }],
        customer: { name: 'Weiß GmbH' },
      },
    },
  });

  writeFileSync(file, `${four}  surveys:\n    schema: ${surveys}\n`);
  await until(async () => (await status())[1] === 'outdated');
  assert.deepEqual(await status(), [
    200,
    'outdated',
    `${file}:21: subgraphs.surveys.schema is not a map. Expected file and subgraph_url.`,
    `${file}:20: subgraphs.surveys.routing_url is missing. Expected an http or https URL.`,
  ]);
  assert.match(await answer(), /"satisfaction":5/);

  writeFileSync(file, four);
  await until(async () => (await status())[1] === 'current');
  assert.match(await answer(), /Cannot query field \\"satisfaction\\"/);
  assert.equal(await stop(), 0);
});

/** Starts Junction and waits until it is ready. */
async function start(t: TestContext, file: string) {
  const child = spawn(process.execPath, ['gateway/main.ts', 'start'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SUPERGRAPH_CONFIG: file, AUTHENTICATION: 'off', PORT: '0', SUPERGRAPH_POLL_MS: '50' },
  });
  const ended = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url } = JSON.parse(line);
    if (msg !== 'ready') continue;
    child.stdout.resume();
    const stop = async () => {
      child.kill('SIGTERM');
      return (await ended)[0] as unknown;
    };
    return { url: String(url), stop };
  }
  throw new Error('it ended before it was ready');
}
