import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartupError } from '../../../../subgraphs/kit/errors.ts';
import { readServerUrl } from '../../../../subgraphs/kit/sources/sql/server/url.ts';

test('a URL says where the server is, and as whom it is asked', () => {
  const read = (url: string, beside: { user?: string; password?: string } = {}) => {
    const { host, port, database, user, password, tls } = readServerUrl({ variable: 'SHOP_URL', url, ...beside });
    return [host, port, database, user, password, tls];
  };
  const verified = { rejectUnauthorized: true };
  assert.deepEqual(read('postgres://ana:p%23%2F@db.example/shop'), [
    'db.example',
    5432,
    'shop',
    'ana',
    'p#/',
    verified,
  ]);
  assert.deepEqual(read('postgresql://ana@db:7000/my%20shop?sslmode=disable'), [
    'db',
    7000,
    'my shop',
    'ana',
    '',
    undefined,
  ]);
  assert.deepEqual(read('mysql://db/shop', { user: 'bo', password: 'x' }), ['db', 3306, 'shop', 'bo', 'x', verified]);
  assert.deepEqual(read('mariadb://ana:y@[::1]/shop', { password: 'x' }), ['::1', 3306, 'shop', 'ana', 'x', undefined]);
  assert.deepEqual(read('postgres://ana@/shop?host=/run/pg'), ['/run/pg', 5432, 'shop', 'ana', '', undefined]);
  assert.deepEqual(read('postgres://ana@%2Frun%2Fpg:7000/shop'), ['/run/pg', 7000, 'shop', 'ana', '', undefined]);
});

test('a URL by which nobody can connect stops the start, and is not quoted', () => {
  const refused: readonly (readonly [url: string, said: RegExp])[] = [
    ['postgres://u:s3cr/et@h/d', /%2F/],
    ['postgres://u:s3cr#et@h/d', /%23/],
    ['postgres://u:12?s3cret@h/d', /isn't known/],
    ['postgres://u:12/s3cret@h/d', /%2F/],
    ['postgres://u:s3cret%zz@h/d', /can't be read/],
    ['postgres://u:s3cret@h', /names no database/],
    ['postgres://u:s3cret@h/d?sslmode=prefer', /expected disable, require/],
    ['postgres://u:s3cret@h/d?sslrootcert=/nowhere.pem', /nowhere\.pem.*ENOENT/],
  ];
  for (const [url, said] of refused) {
    assert.throws(
      () => readServerUrl({ variable: 'SHOP_URL', url }),
      (error) => {
        assert.ok(error instanceof StartupError);
        assert.match(error.message, /^SHOP_URL: /);
        assert.match(error.message, said);
        assert.doesNotMatch(error.message, /s3cr|et@/);
        return true;
      },
    );
  }
});
