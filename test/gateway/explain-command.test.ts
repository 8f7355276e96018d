import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { runAccess } from '../../gateway/access/explain/command.ts';
import { folderWith } from './fixture.ts';

const main = new URL('../../gateway/main.ts', import.meta.url).pathname;

const files = {
  'supergraph.yaml': `federation_version: 2
subgraphs:
  shop: { routing_url: "http://127.0.0.1:1/graphql", schema: { file: shop.graphql } }
`,
  'shop.graphql': `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", "@requiresScopes", "@policy"])
type Query {
  open: Int
  known: Int @authenticated
  order: Int @requiresScopes(scopes: [["order:read"]])
  local: Int @policy(policies: [["local"]])
  remote: Int @policy(policies: [["remote"]])
}
`,
};

/** The command with these settings. */
async function terminal(t: TestContext, gateway = '') {
  const folder = await folderWith(t, { ...files, 'gateway.yaml': gateway });
  const settings = { GATEWAY_CONFIG: join(folder, 'gateway.yaml'), SUPERGRAPH_CONFIG: join(folder, 'supergraph.yaml') };
  return async (args: readonly string[], input = '') => {
    const said = { stdout: '', stderr: '' };
    const code = await runAccess(args, settings, {
      stdin: Readable.from([input]),
      stdout: { write: (text) => (said.stdout += text) },
      stderr: { write: (text) => (said.stderr += text) },
    });
    return { ...said, code };
  };
}

test('the exit code says whether all is allowed, something is refused, or nothing could be explained', async (t) => {
  const access = await terminal(t);
  assert.deepEqual(await access(['explain', '--as', 'anonymous', '{ open }']), {
    stdout: 'query as anonymous (no credential)\n\n✓ open\n\nThe one field is allowed.\n',
    stderr: '',
    code: 0,
  });
  const two = 'query A { open } query B { known a: order }';
  assert.deepEqual(await access(['explain', '--as', 'customer', two]), {
    stdout: '',
    stderr: 'The query is not valid:\n  - The document has 2 operations. Expected --operation NAME to choose one.\n',
    code: 2,
  });
  assert.deepEqual(await access(['explain', '--as', 'customer', '--operation', 'B', '-'], two), {
    stdout: `query B as customer (no scopes)

✓ known     authentication (field Query.known)
✗ a: order  requires the scope order:read (field Query.order)

1 of 2 fields is not answered. Missing: the scope order:read.
`,
    stderr: '',
    code: 1,
  });
  assert.deepEqual(await access(['explain', '--as', 'customer', '{\n  opne\n}']), {
    stdout: '',
    stderr:
      'The query is not valid:\n  - line 2, column 3: Cannot query field "opne" on type "Query". Did you mean "open"?\n',
    code: 2,
  });
  const wrong = await access(['explain', '--as', 'boss', '--claim', 'x', '{ open }', 'more']);
  assert.deepEqual([wrong.stdout, wrong.code], ['', 2]);
  assert.match(
    wrong.stderr,
    /Expected one query, got 2[\s\S]*--as: expected one of agent, [\s\S]*--claim: expected one such as/,
  );
});

test('policies are decided as gateway.yaml says: by claims, and by the service, which is asked once', async (t) => {
  const asked: unknown[] = [];
  const service = createServer(async (request, response) => {
    const { input } = JSON.parse(await text(request));
    asked.push([input.caller.claims.role, input.policies]);
    response.end(JSON.stringify({ result: { remote: input.caller.claims.role === 'agent' } }));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  t.after(() => service.close());
  const { port } = service.address() as AddressInfo;
  const access = await terminal(
    t,
    `authorization:
  policies: { local: { claim: groups, contains: stock } }
  policy_service: { url: "http://127.0.0.1:${port}/decide", timeout_ms: 20000 }
`,
  );
  const query = '{ local remote again: remote }';
  const both = await access(['explain', '--as', 'agent', '--claim', 'groups=["stock"]', '--json', query]);
  assert.deepEqual([both.code, both.stderr, asked], [0, '', [['agent', ['remote']]]]);
  const { operation, caller, allowed, fields } = JSON.parse(both.stdout);
  assert.deepEqual([operation, caller.kind, caller.claims.groups, allowed], ['query', 'token', ['stock'], true]);
  assert.deepEqual(fields[0], {
    key: 'local',
    name: 'local',
    verdict: 'allowed',
    required: false,
    of: [
      {
        type: 'Query',
        allowed: true,
        rules: [{ demand: 'the policy local', at: 'Query.local', place: 'field', holds: true }],
      },
    ],
    fields: [],
  });
  const none = await access(['explain', '--scopes', 'stock', query]);
  assert.equal(none.code, 1);
  assert.match(none.stdout, /3 of 3 fields are not answered\. Missing: the policy local; the policy remote\./);
});

test('what is refused as a whole is said to be', async (t) => {
  const access = await terminal(t, 'authorization: { mode: reject, anonymous: refuse }');
  const agent = await access(['explain', '--as', 'customer', '{ open order }']);
  assert.deepEqual([agent.code, /is refused \(403\).*reject/.test(agent.stdout)], [1, true]);
  const nobody = await access(['explain', '--as', 'anonymous', '--json', '{ open }']);
  const { allowed, refusedAsAWhole } = JSON.parse(nobody.stdout);
  assert.deepEqual([nobody.code, allowed, /\(401\)/.test(refusedAsAWhole)], [1, false, true]);
});

test('without a query it tells all rules, for whom they hold and where they stand', async (t) => {
  const access = await terminal(t, 'authorization: { policies: { local: { claim: role, equals: agent } } }');
  const { stdout, code } = await access([]);
  assert.equal(code, 0);
  assert.match(stdout, /^ +agent {2}supervisor {2}dashboard {2}reporting {2}customer {2}anonymous\n/);
  assert.match(stdout, /^the scope order:read +✓ +✓ +✓ +✓ +– +–\n {2}Query\.order$/m);
  assert.match(stdout, /^authentication +✓ +✓ +✓ +✓ +✓ +–\n {2}Query\.known$/m);
  assert.match(
    stdout,
    /\n\nWhat stands under several rules needs all of them; a field needs those of its type, too\.\n$/,
  );
  const { rules } = JSON.parse((await access(['--json'])).stdout);
  const local = rules.find(({ demand }: { demand: string }) => demand === 'the policy local');
  assert.deepEqual([local.places, local.holds.agent, local.holds.reporting], [['Query.local'], true, false]);
});

test('faults of settings and of the schema are told, with 2', async (t) => {
  const access = await terminal(t, 'authorization: { mode: maybe }');
  const settings = await access(['explain', '--as', 'agent', '{ open }']);
  assert.deepEqual([settings.code, settings.stdout], [2, '']);
  assert.match(settings.stderr, /^Nothing was explained:\n {2}- .*gateway\.yaml:1: authorization\.mode: expected/);
});

test('npm run access is that command', () => {
  const { stdout, status } = spawnSync(process.execPath, [main, 'access', '--help'], { encoding: 'utf8' });
  assert.deepEqual([status, stdout.startsWith('Usage: npm run access\n')], [0, true]);
  assert.equal(spawnSync(process.execPath, [main, 'access', 'explode'], { encoding: 'utf8' }).status, 2);
});
