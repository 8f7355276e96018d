import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { Checkout } from './new-checkout.ts';

const checkout = new Checkout();
after(() => checkout.remove());
const untouched = checkout.read('supergraph.yaml');

/** A port that nothing listens at, and that fetch() asks, unlike the reserved ones. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(1024 * 1024, 32);
}

test('a description without end is read up to a bound', async (t) => {
  let descriptions = 0;
  const server = createServer(({ url }, response) => {
    // A WSDL is read twice: to see what it is, and by the library.
    if (url === '/books.wsdl' && descriptions++ === 0) return void response.end('<definitions />');
    Readable.from(endless()).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  for (const file of ['openapi.json', 'books.wsdl']) {
    assert.deepEqual(await checkout.run(['new', 'ship', '--from', `http://127.0.0.1:${port}/${file}`]), {
      code: 1,
      stdout: '',
      stderr: "Nothing was written:\n  - --from: the URL can't be read (it is larger than 33554432 bytes).\n",
    });
  }
});

test('what can not be made is said, all at once, and nothing is written', async () => {
  const url = checkout.database('plain.db', 'create table a (id integer primary key)');
  const refused: readonly (readonly [readonly string[], string])[] = [
    [
      [],
      '  - NAME: got "". Expected small letters, digits and -, a letter first, such as shipping.\n  - --from: expected where the system is, such as postgres://user@host/database.\n',
    ],
    [
      ['Ship_1', '--from', url, '--port', 'x'],
      '  - NAME: got "Ship_1". Expected small letters, digits and -, a letter first, such as shipping.\n  - --port: expected a whole number from 1 to 65535, got "x".\n',
    ],
    [
      ['orders', '--from', url, '--port', '4004'],
      '  - NAME: subgraphs/orders is there already.\n  - NAME: supergraph.yaml has a subgraph orders already.\n  - --port: finance has 4004 in supergraph.yaml already.\n',
    ],
    [['kit', '--from', url], '  - NAME: subgraphs/kit is no subgraph; choose another name.\n'],
    [['ship', '--from', 'sqlite:/nowhere.db'], '  - --from: there is no file /nowhere.db.\n'],
    [
      ['ship', '--from', url, '--tables', 'a,b,c.d'],
      '  - there is no table or view "b" that we may read. There are a.\n  - there is no table or view "c.d" that we may read. There are a.\n',
    ],
    [
      ['ship', '--from', `http://127.0.0.1:${await closedPort()}/openapi.json`],
      "  - --from: the URL can't be read (ECONNREFUSED).\n",
    ],
    [
      ['ship', '--from', checkout.path('package.json')],
      '  - --from: expected a database, an OpenAPI 3 document or a WSDL; this is something else.\n',
    ],
  ];
  for (const [args, faults] of refused) {
    assert.deepEqual(await checkout.run(['new', ...args]), {
      code: 1,
      stdout: '',
      stderr: `Nothing was written${faults.split('\n').length > 2 ? `, for ${faults.split('\n').length - 1} reasons` : ''}:\n${faults}`,
    });
  }
  const server = await checkout.run(['new', 'ship', '--from', 'postgres://joe:s3cret@127.0.0.1:9/db']);
  assert.match(
    server.stderr,
    /^Nothing was written:\n {2}- --from: the system did not answer as it should \(SYSTEM_UNAVAILABLE\)/,
  );
  assert.doesNotMatch(server.stderr, /s3cret/);
  assert.equal(existsSync(checkout.path('subgraphs/ship')), false);
  assert.equal(checkout.read('supergraph.yaml'), untouched);
});
