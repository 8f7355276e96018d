import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { CompiledQuery } from 'kysely';
import { openPostgres } from '../../../../subgraphs/kit/sources/sql/postgres/engine.ts';
import { makeCertificates, missingOpenssl } from '../../../servers/certificates.ts';
import { missingPostgres, PostgresServer, postgresUser } from '../../../servers/postgres.ts';
import { until } from '../../../servers/process.ts';
import { call, systemError } from '../source-harness.ts';

const skip = missingPostgres || missingOpenssl;

describe('PostgreSQL over TLS', { skip, timeout: 60_000 }, () => {
  let server: PostgresServer;
  let authority: string;

  before(async () => {
    const certificates = makeCertificates();
    authority = certificates.authority;
    server = await PostgresServer.start({ tls: { cert: certificates.cert, key: certificates.key } });
  });
  after(() => server?.stop());

  /** Whether Junction's connection is encrypted, when the URL says so. */
  async function connectBy(host: string, parameters: string): Promise<boolean> {
    const url = `postgres://${host}:${server.port}/library?${parameters}`;
    const engine = openPostgres({ variable: 'SHOP_URL', url, ...postgresUser });
    try {
      const query = CompiledQuery.raw('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
      const [row] = await engine.run(query, { scan: false }, call());
      return Boolean(row?.[0]);
    } finally {
      await engine.close();
    }
  }

  const refused = systemError('SYSTEM_UNAVAILABLE', postgresUser.password);

  test('verify-full checks who signed the certificate, and for whom', async () => {
    assert.equal(await connectBy('localhost', `sslmode=verify-full&sslrootcert=${authority}`), true);
    await assert.rejects(connectBy('127.0.0.1', `sslmode=verify-full&sslrootcert=${authority}`), refused);
    await assert.rejects(connectBy('localhost', 'sslmode=verify-full'), refused);
  });

  test('verify-ca, and require with an authority, check who signed it', async () => {
    for (const mode of ['verify-ca', 'require']) {
      assert.equal(await connectBy('127.0.0.1', `sslmode=${mode}&sslrootcert=${authority}`), true);
    }
    await assert.rejects(connectBy('127.0.0.1', 'sslmode=verify-ca'), refused);
  });

  test('require alone encrypts, and says that it checks nothing', async () => {
    const warned = once(process, 'warning');
    assert.equal(await connectBy('127.0.0.1', 'sslmode=require'), true);
    const [warning] = await warned;
    assert.match(warning.message, /^SHOP_URL: with sslmode=require any server's certificate is accepted/);
  });

  test('on this machine without a word, and with disable: in plain text', async () => {
    assert.equal(await connectBy('127.0.0.1', ''), false);
    assert.equal(await connectBy('localhost', 'sslmode=disable'), false);
  });

  test('a statement is stopped over TLS too', async () => {
    const url = `postgres://localhost:${server.port}/library?sslmode=verify-full&sslrootcert=${authority}`;
    const engine = openPostgres({ variable: 'SHOP_URL', url, ...postgresUser });
    const controller = new AbortController();
    const pending = engine.run(CompiledQuery.raw('select pg_sleep(60)'), { scan: false }, call(controller.signal));
    await until(async () => (await server.sessions()).some(({ state }) => state === 'active'));
    controller.abort(new Error('gone'));
    await assert.rejects(pending, { message: 'gone' });
    await until(async () => (await server.sessions()).every(({ state }) => state === 'idle'));
    assert.equal((await server.sessions()).length, 1);
    await engine.close();
  });
});
