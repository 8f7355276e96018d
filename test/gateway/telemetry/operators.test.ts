import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { type Access, openAccess } from '../../../gateway/access/access.ts';
import { ApiKeys } from '../../../gateway/access/identity/api-keys.ts';
import { type ConfigFile, configFile } from '../../../gateway/config-file.ts';
import type { Counting } from '../../../gateway/telemetry/counting.ts';
import { folderWith, until } from '../fixture.ts';
import { counted } from './counted.ts';

const paths = ['/metrics', '/systems.json'] as const;
const log = pino({ level: 'silent' });

/** Access in production, and two API keys: of an operator, and of somebody else. */
async function keyed(t: TestContext, more: object = {}): Promise<{ access: Access; operator: string; other: string }> {
  const file = join(await folderWith(t, {}), 'api-keys.json');
  const operator = await newKey(file, 'prometheus', 'junction:operator');
  const other = await newKey(file, 'report', 'order:read');
  const keys = await ApiKeys.open({ file, log });
  const settings: ConfigFile = configFile.parse(more);
  return {
    access: await openAccess({ file: settings, authentication: true, anonymous: true, keys, log }),
    operator,
    other,
  };
}

/** As an operator makes one. */
async function newKey(file: string, name: string, scope: string): Promise<string> {
  const main = resolve(import.meta.dirname, '../../../gateway/main.ts');
  const args = [main, 'keys', 'create', name, '--scopes', scope, '--file', file];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  const key = /^jct_[\w-]+/m.exec(stdout)?.[0];
  assert.ok(key, stdout + stderr);
  return key;
}

test('in production only operators are told, by an API key in either header', async (t) => {
  const { access, operator, other } = await keyed(t);
  const { origin } = await counted(t, { production: true, server: { access } });
  const expected =
    'This is for operators. Expected a caller with the scope junction:operator, such as an API key of "npm run keys -- create prometheus --scopes junction:operator" as a bearer token';
  for (const path of paths) {
    const ask = async (headers: Record<string, string>) => {
      const response = await fetch(origin + path, { headers });
      const body = await response.text();
      const [error] = response.ok ? [] : JSON.parse(body).errors;
      return [response.status, error?.extensions.code, error?.message] as const;
    };
    assert.deepEqual(await ask({ authorization: `Bearer ${operator}` }), [200, undefined, undefined]);
    assert.deepEqual(await ask({ 'x-api-key': operator }), [200, undefined, undefined]);
    assert.deepEqual(await ask({}), [401, 'UNAUTHENTICATED', `${expected}.`]);
    const refused = [403, 'FORBIDDEN', `${expected}; got a caller without that scope.`];
    assert.deepEqual(await ask({ authorization: `Bearer ${other}` }), refused);
    assert.equal((await ask({ authorization: 'Bearer jct_nobody' }))[0], 401);
    const { headers } = await fetch(origin + path);
    assert.equal(headers.get('www-authenticate'), 'Bearer realm="junction"');
  }
});

test('whoever asks too often is refused as at /graphql, and what was worked on is let go', async (t) => {
  const limits = { caller_concurrency: 1, rate: { per_second: 1, burst: 3 } };
  const { access, operator } = await keyed(t, { limits });
  const { metrics } = await counted(t, { production: true, server: { access } });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i += 1) {
    const response = await metrics({ authorization: `Bearer ${operator}` });
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 429]);
});

test('whoever goes away is let go: before it is known who asks, while the answer is made, and with others behind on the connection', async (t) => {
  const { access, operator } = await keyed(t);
  let [entered, left] = [0, 0];
  const admission = Promise.withResolvers<void>();
  let waits: Promise<void> | undefined = admission.promise;
  const admitting = {
    async admit(...[headers, socket]: Parameters<Access['admission']['admit']>) {
      const admitted = await access.admission.admit(headers, socket);
      entered += 1;
      await waits;
      if (!('caller' in admitted)) return admitted;
      const leave = () => {
        admitted.leave();
        left += 1;
      };
      return { ...admitted, leave };
    },
  };
  const answer = Promise.withResolvers<{ type: string; text: string }>();
  const counting = { metrics: () => answer.promise } as unknown as Counting;
  const { origin } = await counted(t, {
    production: true,
    server: {
      access: { ...access, admission: admitting as unknown as Access['admission'] },
      operators: { production: true, counting },
    },
  });
  const { port } = new URL(origin);
  const asked = `GET /metrics HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${operator}\r\n\r\n`;
  const ask = (text: string) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    return socket;
  };

  const early = ask(asked);
  await until(() => entered === 1);
  early.destroy();
  await once(early, 'close');
  // The server knows of it, too, as soon as it takes the next one.
  await (await fetch(`${origin}/health/live`)).text();
  waits = undefined;
  admission.resolve();
  await until(() => left === 1);

  const late = ask(asked + asked);
  await until(() => entered === 3);
  // They are worked on until then.
  assert.equal(left, 1);
  late.destroy();
  await until(() => left === 3);
  answer.resolve({ type: 'text/plain', text: '' });
  assert.equal((await fetch(`${origin}/metrics`, { headers: { 'x-api-key': operator } })).status, 200);
  await until(() => left === entered);
});

test('in development everybody is told', async (t) => {
  const { metrics, origin } = await counted(t);
  assert.deepEqual([(await metrics()).status, (await fetch(`${origin}/systems.json`)).status], [200, 200]);
});
