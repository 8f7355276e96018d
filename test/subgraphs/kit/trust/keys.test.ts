import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { developmentKeys } from '../../../../subgraphs/kit/trust/development-keys.ts';
import { readKeys } from '../../../../subgraphs/kit/trust/keys.ts';

const secret = (bytes: number, encoding: 'base64' | 'base64url' = 'base64') => randomBytes(bytes).toString(encoding);

test('keys are read in order, in either base64', () => {
  const [one, two] = [secret(32), secret(64, 'base64url')];
  const { keys, faults } = readKeys(` k1:${one}, k.2:${two}\n`);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    keys?.map(({ id }) => id),
    ['k1', 'k.2'],
  );
  assert.deepEqual(
    keys?.map(({ secret }) => secret.symmetricKeySize),
    [32, 64],
  );
  assert.ok(!inspect(keys, { depth: 9 }).includes(one.slice(0, 8)));
  assert.deepEqual(readKeys('none'), { keys: undefined, faults: [] });
});

test('all faults are told, and nothing of a secret', () => {
  const secrets = [
    secret(32),
    secret(31),
    secret(16),
    secret(32),
    secret(32),
    `${secret(32).slice(0, 20)}!${secret(9)}`,
  ];
  const given = [
    secrets[0],
    `a:${secrets[1]}`,
    `b:${secrets[2]}`,
    `c:${secrets[3]}`,
    `c:${secrets[4]}`,
    `d:${secrets[5]}`,
    '',
  ];
  const { keys, faults } = readKeys(given.join(','));
  assert.equal(keys, undefined);
  const expected = 'expected an id, a colon and base64, such as "k1:" and what "openssl rand -base64 32" says.';
  assert.deepEqual(faults, [
    `key 1: ${expected}`,
    'key 2: expected at least 32 bytes, got 31.',
    'key 3: expected at least 32 bytes, got 16.',
    'key 5: another one has the same id.',
    `key 6: ${expected}`,
    `key 7: ${expected}`,
  ]);
  for (const each of secrets) assert.ok(!faults.join().includes(each.slice(0, 6)));
  for (const text of ['', 'None', 'k1', 'k 1:AAAA']) assert.equal(readKeys(text).faults.length, 1, text);
});

test('in development a file holds them, which is made once', (t) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'junction-keys-')), 'not', 'yet');
  t.after(() => rmSync(join(folder, '..', '..'), { recursive: true }));
  const first = developmentKeys(folder);
  assert.deepEqual(first.faults, []);
  assert.equal(first.keys?.[0].secret.symmetricKeySize, 32);
  assert.equal(statSync(join(folder, 'subgraph-keys')).mode & 0o777, 0o600);
  const second = developmentKeys(folder);
  assert.ok(second.keys && first.keys?.[0].secret.equals(second.keys[0].secret));
  assert.deepEqual(readdirSync(folder), ['subgraph-keys'], 'and nothing else is left there');
  writeFileSync(join(folder, 'subgraph-keys'), 'development:c2hvcnQ=');
  assert.deepEqual(developmentKeys(folder).faults, [
    `${folder}/subgraph-keys: key 1: expected at least 32 bytes, got 5.`,
  ]);
  const inFile = join(folder, 'subgraph-keys', 'below');
  assert.deepEqual(developmentKeys(inFile).faults, [
    `DEMO_FOLDER: can't be written at ${inFile} (ENOTDIR). Expected a folder where this user may write.`,
  ]);
});

test('processes that start at the same moment get the same keys', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'junction-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = `
    import { developmentKeys } from './subgraphs/kit/trust/development-keys.ts';
    process.stdout.write('ready');
    process.stdin.once('data', () => {
      const { keys } = developmentKeys(${JSON.stringify(folder)});
      console.log(keys[0].secret.export().toString('hex'));
      process.exit();
    });`;
  const children = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return { child, ready: new Promise((resolve) => child.stdout.once('readable', resolve)) };
  });
  await Promise.all(children.map(({ ready }) => ready));
  const said = children.map(({ child }) => text(child.stdout));
  for (const { child } of children) child.stdin.write('go\n');
  const all = await Promise.all(said);
  assert.match(all[0] ?? '', /^ready[0-9a-f]{64}\n$/);
  assert.equal(new Set(all).size, 1);
});
