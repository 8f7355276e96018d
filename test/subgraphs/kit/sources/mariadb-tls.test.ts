import assert from 'node:assert/strict';
import dns from 'node:dns';
import { after, before, describe, test } from 'node:test';
import { CompiledQuery } from 'kysely';
import { openMariadb } from '../../../../subgraphs/kit/sources/sql/mariadb/engine.ts';
import { makeCertificates, missingOpenssl } from '../../../servers/certificates.ts';
import { MariadbServer, mariadbUser, missingMariadb } from '../../../servers/mariadb.ts';
import { until } from '../../../servers/process.ts';
import { call, systemError } from '../source-harness.ts';

describe('MariaDB over TLS', { skip: missingMariadb || missingOpenssl, timeout: 60_000 }, () => {
  let server: MariadbServer;
  let authority: string;

  before(async () => {
    const certificates = makeCertificates();
    authority = certificates.authority;
    server = await MariadbServer.start({ tls: { cert: certificates.cert, key: certificates.key } });
  });
  after(() => server?.stop());

  function openBy(host: string, parameters: string) {
    const url = `mariadb://${host}:${server.port}/library?${parameters}`;
    return openMariadb({ variable: 'SHOP_URL', url, ...mariadbUser });
  }

  /** Whether Junction's connection is encrypted, when the URL says so. */
  async function isEncrypted(host: string, parameters: string): Promise<boolean> {
    const engine = openBy(host, parameters);
    try {
      const [row] = await engine.run(CompiledQuery.raw("show status like 'Ssl_cipher'"), { scan: false }, call());
      return row?.[1] !== '';
    } finally {
      await engine.close();
    }
  }

  const refused = systemError('SYSTEM_UNAVAILABLE', mariadbUser.password);

  test('verify-full checks who signed the certificate, and for whom', async (t) => {
    assert.equal(await isEncrypted('localhost', `sslmode=verify-full&sslrootcert=${authority}`), true);
    await assert.rejects(isEncrypted('localhost', 'sslmode=verify-full'), refused);
    t.mock.method(dns, 'lookup', (_name: string, _options: unknown, found: (...answer: unknown[]) => void) => {
      found(null, [{ address: '127.0.0.1', family: 4 }]);
    });
    await assert.rejects(
      isEncrypted('other.example', `sslmode=verify-full&sslrootcert=${authority}`),
      (error) => refused(error) && /does not match certificate's altnames/.test(String(error)),
    );
    assert.equal(await isEncrypted('other.example', `sslmode=verify-ca&sslrootcert=${authority}`), true);
  });

  test('verify-ca checks who signed it', async () => {
    assert.equal(await isEncrypted('127.0.0.1', `sslmode=verify-ca&sslrootcert=${authority}`), true);
    await assert.rejects(isEncrypted('127.0.0.1', 'sslmode=verify-ca'), refused);
  });

  test('on this machine without a word: in plain text', async () => {
    assert.equal(await isEncrypted('127.0.0.1', ''), false);
  });

  test('a statement is stopped over TLS too, and nothing is left after close', async () => {
    const engine = openBy('localhost', `sslmode=verify-full&sslrootcert=${authority}`);
    const controller = new AbortController();
    const pending = engine.run(CompiledQuery.raw('select sleep(60)'), { scan: false }, call(controller.signal));
    const sleeping = async () => (await server.sessions(mariadbUser.user)).some(({ info }) => info?.includes('sleep'));
    await until(sleeping);
    controller.abort(new Error('gone'));
    await assert.rejects(pending, { message: 'gone' });
    await until(async () => !(await sleeping()));
    await engine.close();
    await until(async () => (await server.sessions(mariadbUser.user)).length === 0);
  });
});
