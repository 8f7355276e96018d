import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { ApiKeys } from '../../gateway/access/identity/api-keys.ts';
import { keyForm } from '../../gateway/access/identity/key-file.ts';
import { readOptions } from '../../gateway/keys/options.ts';
import { until } from '../servers/process.ts';

const command = fileURLToPath(new URL('../../gateway/keys/command.ts', import.meta.url));

/** The command line as a person uses it, in a new folder, which is also where it runs. */
function terminal(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, '.data', 'api-keys.json');
  const script = `import { runKeys } from '${command}'; process.exitCode = await runKeys(process.argv.slice(1));`;
  async function keys(...args: string[]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { stdout, stderr, code: await exit };
  }
  return { folder, file, keys };
}

function recordsIn(file: string): Record<string, unknown>[] {
  return JSON.parse(readFileSync(file, 'utf8')).keys;
}

test('a key is made, shown once, used, listed and revoked', async (t) => {
  const { file, keys } = terminal(t);
  assert.equal(
    (await keys('list')).stdout,
    '.data/api-keys.json has no keys. Make one: npm run keys -- create NAME --scopes order:read\n',
  );

  const args = [
    '--scopes',
    'order:read, finance:read',
    '--expires',
    '90d',
    '--claim',
    'role=reporting',
    '--claim',
    'a=b=c',
  ];
  const made = await keys('create', 'reporting', ...args);
  assert.equal(made.code, 0);
  // Nothing but the key, for a file or a variable.
  const key = made.stdout.trimEnd();
  assert.equal(made.stdout, `${key}\n`);
  const [, id = '', secret = ''] = keyForm.exec(key) ?? [];
  assert.equal(Buffer.from(secret, 'base64url').length, 32);
  assert.match(made.stderr, new RegExp(`^Key ${id} of reporting may order:read finance:read; it ends at 20`));
  assert.ok(!made.stderr.includes(secret));

  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(file, '..')), ['api-keys.json']);
  assert.ok(!readFileSync(file, 'utf8').includes(secret));
  const [record] = recordsIn(file);
  const { created, expires } = record as { created: string; expires: string };
  assert.equal(Date.parse(expires) - Date.parse(created), 90 * 24 * 3_600_000);

  const serving = await ApiKeys.open({ file, log: pino({ level: 'silent' }), pollMs: 5 });
  t.after(() => serving.close());
  const caller = serving.callerOf(key);
  assert.deepEqual(caller.claims, { sub: 'reporting', role: 'reporting', a: 'b=c' });
  assert.deepEqual([...caller.scopes], ['order:read', 'finance:read']);

  const day = (time: string) => `${time.slice(0, 16).replace('T', ' ')}Z`;
  const listed = await keys('list');
  assert.equal(listed.code, 0);
  assert.equal(
    listed.stdout,
    'ID            NAME       STATE  CREATED            EXPIRES            SCOPES                   CLAIMS\n' +
      `${id}  reporting  good   ${day(created)}  ${day(expires)}  order:read finance:read  role=reporting a=b=c\n`,
  );

  assert.deepEqual(await keys('revoke', id), { code: 0, stdout: `Key ${id} of reporting is revoked.\n`, stderr: '' });
  await until(() => {
    try {
      return !serving.callerOf(key);
    } catch {
      return true;
    }
  });
  assert.throws(() => serving.callerOf(key), /was revoked/);
  const [{ revoked } = {}] = recordsIn(file);
  // Again, and by the whole key as it was found somewhere: it stays revoked since then.
  assert.equal((await keys('revoke', key)).stdout, `Key ${id} of reporting was revoked at ${revoked} already.\n`);
  assert.match((await keys('list')).stdout, new RegExp(`\\n${id}  reporting  revoked  `));
});

test('a scope that no rule asks for is told, with the one that was meant; the key is made all the same', async (t) => {
  const { folder, file } = terminal(t);
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  write(
    'supergraph.yaml',
    'subgraphs: { orders: { routing_url: "http://127.0.0.1:1", schema: { file: orders.graphql } } }\n',
  );
  write(
    'orders.graphql',
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [{ name: "@requiresScopes", as: "@needs" }])
     type Query { orders: Int @needs(scopes: [["order:read"], ["order:list", "finance:read"]]) stock: Int @federation__requiresScopes(scopes: "stock:read") }`,
  );
  write(
    'gateway.yaml',
    'authorization: { policies: { own: { any: [{ not: { scope: "region:all" } }, { claim: a, equals: 1 }] } } }\n',
  );
  const warnings = async (scopes: string, environment: Record<string, string> = {}) => {
    const main = fileURLToPath(new URL('../../gateway/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, 'keys', 'create', 'nightly', '--scopes', scopes], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', SUPERGRAPH_CONFIG: '', GATEWAY_CONFIG: '', ...environment },
    });
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.deepEqual([await exit, keyForm.test(stdout.trimEnd())], [0, true], stderr);
    assert.deepEqual(recordsIn(file).at(-1)?.scopes, scopes.split(','));
    return stderr.split('\n').filter((line) => line.startsWith('Warning'));
  };
  const known = 'order:read,order:list,finance:read,stock:read,region:all,junction:operator';
  assert.deepEqual(await warnings(known), []);
  assert.deepEqual(await warnings('order:reed,order:read,shipping:write,junction:operators'), [
    'Warning: no rule asks for the scope "order:reed" (did you mean "order:read"?).',
    'Warning: no rule asks for the scope "shipping:write". npm run access lists what rules ask for.',
    'Warning: no rule asks for the scope "junction:operators" (did you mean "junction:operator"?).',
  ]);
  // What a subgraph elsewhere asks for, or one whose schema can't be read, isn't known here.
  write('remote.yaml', 'subgraphs: { orders: { schema: { subgraph_url: "http://127.0.0.1:1" } } }\n');
  assert.deepEqual(await warnings('order:reed', { SUPERGRAPH_CONFIG: 'remote.yaml' }), []);
  write('orders.graphql', 'type Query {');
  assert.deepEqual(await warnings('order:reed'), []);
});

test('commands at once lose nothing', async (t) => {
  const { file, keys } = terminal(t);
  const first = await keys('create', 'first');
  const [, id = ''] = keyForm.exec(first.stdout.trim()) ?? [];
  const names = Array.from({ length: 8 }, (_, i) => `machine-${i}`);
  const results = await Promise.all([...names.map((name) => keys('create', name)), keys('revoke', id)]);
  assert.deepEqual(
    results.map(({ code }) => code),
    results.map(() => 0),
  );
  const records = recordsIn(file);
  assert.deepEqual(records.map(({ name }) => name).sort(), ['first', ...names]);
  assert.ok(records.find((record) => record.id === id)?.revoked);
  assert.deepEqual(readdirSync(join(file, '..')), ['api-keys.json']);
});

test('a lock that nobody gives back is told, and changes nothing', async (t) => {
  const { file, keys } = terminal(t);
  await keys('create', 'first');
  const before = readFileSync(file, 'utf8');
  writeFileSync(`${file}.lock`, '');
  const { code, stdout, stderr } = await keys('create', 'second');
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /api-keys\.json\.lock: another command is at work since 5 s\. If none is, remove this file\./);
  assert.equal(readFileSync(file, 'utf8'), before);
});

test('a link stays a link, and another file may be named', async (t) => {
  const { folder, keys } = terminal(t);
  writeFileSync(join(folder, 'real.json'), '{"keys":[]}');
  chmodSync(join(folder, 'real.json'), 0o644);
  symlinkSync('real.json', join(folder, 'link.json'));
  assert.equal((await keys('create', 'a', '--file', 'link.json')).code, 0);
  assert.equal(recordsIn(join(folder, 'real.json')).length, 1);
  assert.equal(statSync(join(folder, 'real.json')).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder).sort(), ['link.json', 'real.json']);
});

test('whatever is wrong with a command line is said, all at once, and no key is quoted', () => {
  const name = 'NAME: expected at most 64 letters, digits and . _ @ -, such as nightly-report; got';
  const life = '--expires: expected hours, days, weeks or years, such as 12h, 90d, 4w or 1y, at most 100y; got';
  const key = `jct_aaaaaaaaaaaa_${'x'.repeat(43)}`;
  const rows: readonly (readonly [args: string, ...faults: string[]])[] = [
    ['', 'Expected create, list or revoke, got nothing. See npm run keys -- --help.'],
    ['delete x', 'Expected create, list or revoke, got "delete". See npm run keys -- --help.'],
    ['create', `${name} nothing.`],
    [`create ${key}`, `${name} a key.`],
    [
      'create a b --expires 3x --claim k --claim a=1 --claim a=2 --claim __proto__=x --scopes a,,b',
      'create takes no "b".',
      '--scopes: expected scopes with commas between them, such as order:read; got nothing.',
      '--claim: expected one such as role=reporting, got "k".',
      '--claim: a is there twice.',
      '--claim: __proto__ can be no name.',
      `${life} "3x".`,
    ],
    ...['0d', '9999y', '-1d', '1.5d'].map((wrong) => [`create a --expires=${wrong}`, `${life} "${wrong}".`] as const),
    ['list now --scopes a', 'list takes no "now".', '--scopes: only create takes it.'],
    ['list --file=', '--file: expected the path of a file.'],
    ['revoke', 'ID: expected one that list shows, got nothing.'],
    ['revoke abc', 'ID: expected one that list shows, got "abc".'],
    [`revoke ${key}x`, 'ID: expected one that list shows, got a key.'],
  ];
  for (const [args, ...faults] of rows) {
    assert.throws(
      () => readOptions(args.split(' ').filter((arg) => arg !== '')),
      { name: 'ConfigError', faults },
      args,
    );
  }
});

test('what goes wrong is written to standard error, ends with 1 and changes nothing', async (t) => {
  const { folder, keys } = terminal(t);
  const broken = '{"keys":\n [{]}';
  writeFileSync(join(folder, 'broken.json'), broken);
  const rows = [
    [['list', '--file', 'broken.json'], 'broken.json:2:4: expected JSON as npm run keys writes it.'],
    [['create', 'a', '--file', 'broken.json'], 'broken.json:2:4: expected JSON as npm run keys writes it.'],
    [['create', 'a', '--file', 'broken.json/x'], "broken.json: can't be read or written (EEXIST)."],
    [['revoke', 'aaaaaaaaaaaa'], '.data/api-keys.json has no key "aaaaaaaaaaaa".'],
    [['list', '--frob'], 'Unknown option "--frob". npm run keys -- --help says what there is.\n'],
  ] as const;
  for (const [args, fault] of rows) {
    const { code, stdout, stderr } = await keys(...args);
    assert.deepEqual([code, stdout], [1, ''], args.join(' '));
    assert.ok(stderr.startsWith('Nothing was changed:\n  - ') && stderr.includes(fault), stderr);
  }
  assert.equal(readFileSync(join(folder, 'broken.json'), 'utf8'), broken);
  const help = await keys('--help');
  assert.equal(help.code, 0);
  assert.match(help.stdout, /npm run keys -- create NAME/);
});
