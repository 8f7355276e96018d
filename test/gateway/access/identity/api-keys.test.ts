import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { ApiKeys, type ApiKeysOptions } from '../../../../gateway/access/identity/api-keys.ts';
import { CredentialError } from '../../../../gateway/access/identity/credential.ts';
import { type KeyRecord, keyFileText, makeKey } from '../../../../gateway/access/identity/key-file.ts';
import { until } from '../../../servers/process.ts';
import { deskOf } from './authenticator-fixture.ts';

const created = '2030-01-01T00:00:00.000Z';
const reporting = makeKey({ name: 'reporting', scopes: ['order:read'], claims: { role: 'reporting' }, created });
const sheets = makeKey({ name: 'sheets', scopes: [], claims: {}, created });

/** A key file that `put` replaces, the keys in it, looked at every few milliseconds, and what was logged. */
async function kept(t: TestContext, text: string | undefined, options: Partial<ApiKeysOptions> = {}) {
  const file = join(newFolder(t), 'api-keys.json');
  const put = (next: string) => {
    writeFileSync(`${file}.new`, next);
    renameSync(`${file}.new`, file);
  };
  if (text !== undefined) put(text);
  const lines: { level: number; msg: string; faults?: string[] }[] = [];
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const keys = await ApiKeys.open({ file, log, pollMs: 5, ...options });
  t.after(() => keys.close());
  return { file, put, keys, lines };
}

function textOf(...records: readonly KeyRecord[]): string {
  return keyFileText(records);
}

const refused = (message: string) => (error: unknown) =>
  error instanceof CredentialError && error.code === 'invalid' && error.message === message;

test('a client asks with its key, as a bearer token or in x-api-key, and is the same caller', async (t) => {
  const { keys } = await kept(t, textOf(reporting.record, sheets.record));
  const { ask, callers } = await deskOf(t, { keys });
  const who = `key key ${reporting.record.id}`;
  for (const headers of [{ authorization: `Bearer ${reporting.key}` }, { 'x-api-key': reporting.key }]) {
    assert.deepEqual(await ask(headers), { status: 200, who, challenge: undefined });
  }
  assert.equal((await ask({ 'x-api-key': sheets.key })).who, `key key ${sheets.record.id}`);
  const [first, second] = callers;
  assert.equal(first, second);
  assert.deepEqual(first?.claims, { sub: 'reporting', role: 'reporting' });
  assert.deepEqual([...(first?.scopes ?? [])], ['order:read']);

  const { status, challenge } = await ask({ 'x-api-key': ['jct_a', reporting.key] });
  assert.equal(status, 401);
  assert.equal(
    challenge,
    'Bearer realm="junction", error="invalid_token", error_description="The API key is not known."',
  );
});

test('what is no key, or not quite one, is refused alike', async (t) => {
  const { keys } = await kept(t, textOf(reporting.record));
  const { key, record } = reporting;
  const last = key.at(-1) === 'A' ? 'B' : 'A';
  for (const wrong of [
    '',
    'jct_',
    'jct___proto___',
    record.id,
    `jct_${record.id}`,
    `jct_${record.id}_`,
    `jct_${record.id}_${record.sha256}`,
    key.slice(0, -1),
    `${key.slice(0, -1)}${last}`,
    `${key}A`,
    ` ${key}`,
    `${key}\n`,
    key.toUpperCase(),
    sheets.key,
    key.replace(record.id, 'aaaaaaaaaaaa'),
  ]) {
    assert.throws(() => keys.callerOf(wrong), refused('The API key is not known.'), wrong);
  }
  assert.ok(keys.callerOf(key));
});

test('a key ends at its time, to the millisecond, without the file being read', async (t) => {
  let now = Date.parse('2030-06-01T00:00:00.000Z') - 1;
  const { keys } = await kept(t, textOf({ ...reporting.record, expires: '2030-06-01T00:00:00.000Z' }), {
    now: () => now,
  });
  assert.ok(keys.callerOf(reporting.key));
  now += 1;
  assert.throws(() => keys.callerOf(reporting.key), refused('The API key has expired.'));
  assert.throws(() => keys.callerOf(`${reporting.key.slice(0, -2)}__`), refused('The API key is not known.'));
});

test('a key that is revoked while serving is refused; one that did not change stays the same caller', async (t) => {
  const { keys, put, lines } = await kept(t, textOf(reporting.record, sheets.record));
  const { ask } = await deskOf(t, { keys });
  const before = keys.callerOf(sheets.key);
  put(textOf({ ...reporting.record, revoked: created }, sheets.record));
  await until(async () => (await ask({ 'x-api-key': reporting.key })).status === 401);
  assert.equal((await ask({ 'x-api-key': reporting.key })).who, 'The API key was revoked.');
  assert.equal(keys.callerOf(sheets.key), before);

  put(textOf({ ...sheets.record, scopes: ['order:read'] }));
  await until(() => keys.callerOf(sheets.key) !== before);
  assert.deepEqual([...keys.callerOf(sheets.key).scopes], ['order:read']);
  assert.throws(() => keys.callerOf(reporting.key), refused('The API key is not known.'));
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['API keys were read again', 'API keys were read again'],
  );
});

test('keys may come later, and all end when the file goes', async (t) => {
  const { file, keys, put } = await kept(t, undefined);
  assert.throws(() => keys.callerOf(sheets.key), refused('The API key is not known.'));
  put(textOf(sheets.record));
  await until(() => knows(keys, sheets.key));
  rmSync(file);
  await until(() => !knows(keys, sheets.key));
});

test('a broken new version changes nothing and is told once; a good one counts again', async (t) => {
  const { keys, put, lines, file } = await kept(t, textOf(sheets.record));
  const secret = 'not for logs';
  put(`{ "keys": [{ "id": "${secret}" `);
  await until(() => lines.length === 1);
  assert.equal(lines[0]?.msg, 'API keys could not be read again: the last good ones count');
  assert.equal(lines[0]?.level, 50);
  assert.match(String(lines[0]?.faults), /api-keys\.json:1:\d+: expected JSON as npm run keys writes it\.$/);
  assert.ok(knows(keys, sheets.key));
  // It is looked at again and again, which another file shows that changes meanwhile, and not told again.
  const other = await kept(t, undefined);
  for (const record of [sheets.record, reporting.record, sheets.record]) {
    const { key } = record === sheets.record ? sheets : reporting;
    other.put(textOf(record));
    await until(() => knows(other.keys, key));
  }
  assert.equal(lines.length, 1);
  put(textOf({ ...sheets.record, sha256: secret }));
  await until(() => lines.length === 2);
  assert.deepEqual(lines[1]?.faults, [`${file}: keys.0.sha256: expected 64 hexadecimal digits.`]);
  assert.ok(knows(keys, sheets.key));
  assert.ok(!JSON.stringify(lines).includes(secret));

  put(textOf(sheets.record, reporting.record));
  await until(() => knows(keys, reporting.key));
  assert.equal(lines.length, 3);
});

test('a file that can not be used stops the start, with all that is wrong and where', async (t) => {
  const { id, ...rest } = sheets.record;
  const second = { id: 'aaaaaaaa', ...rest, expires: 'tomorrow', extra: 1 };
  const text = JSON.stringify({ keys: [{ id: 'A', ...rest }, second] });
  await assert.rejects(kept(t, text), ({ faults }: { faults: string[] }) => {
    assert.deepEqual(
      faults.map((fault) => fault.replace(/^.*api-keys\.json: /, '')),
      [
        'keys.0.id: expected 8 to 32 small letters and digits.',
        'keys.1.expires: expected a time in UTC, such as 2030-01-31T00:00:00Z.',
        'keys.1: Unrecognized key: "extra".',
      ],
    );
    return true;
  });
  await assert.rejects(kept(t, textOf(sheets.record, sheets.record)), new RegExp(`the id ${id} is there twice`));
  await assert.rejects(kept(t, ''), /api-keys\.json: expected JSON as npm run keys writes it\.$/);
  await assert.rejects(kept(t, '[]'), /api-keys\.json: .*expected object/);
  const folder = newFolder(t);
  const opening = ApiKeys.open({ file: folder, log: pino({ level: 'silent' }) });
  await assert.rejects(opening, new RegExp(`^StartupError: ${folder}: it can't be read \\(EISDIR\\)`));
});

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function knows(keys: ApiKeys, key: string): boolean {
  try {
    return keys.callerOf(key).kind === 'key';
  } catch {
    return false;
  }
}
