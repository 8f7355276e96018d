import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { CompiledQuery } from 'kysely';
import { unlessAborted, withinTime } from '../../../../subgraphs/kit/limits.ts';
import type { Engine } from '../../../../subgraphs/kit/sources/sql/engine.ts';
import { openMariadb } from '../../../../subgraphs/kit/sources/sql/mariadb/engine.ts';
import { MariadbServer, mariadbUser, missingMariadb } from '../../../servers/mariadb.ts';
import { until } from '../../../servers/process.ts';
import { call, systemError } from '../source-harness.ts';

describe('a network to MariaDB that swallows everything', { skip: missingMariadb, timeout: 60_000 }, () => {
  let server: MariadbServer;
  let network: Network;
  let engine: Engine;

  before(async () => {
    server = await MariadbServer.start();
  });
  after(() => server?.stop());
  beforeEach(async () => {
    network = await Network.to(server.port);
    engine = openMariadb({ variable: 'URL', url: network.url, ...mariadbUser, poolSize: 2 });
  });
  afterEach(async () => {
    network.silentFrom = undefined;
    await engine.close();
    network.close();
  });

  test('with sessions open: it costs its callers, and no connection for ever', async () => {
    await Promise.all([ask(engine, 'select 1'), ask(engine, 'select 1')]);
    network.silentFrom = /./s;
    await Promise.all([2, 3, 4].map((i) => leave(engine, `select ${i}`)));
    network.silentFrom = undefined;
    assert.deepEqual(await ask(engine, 'select 5'), [[5]]);
  });

  for (const [when, words] of [
    ['in the handshake', /mysql_native_password/],
    ['when a session is set up', /set session sql_mode/],
    ['when a session asks where it is', /@@hostname/],
  ] as const) {
    test(`${when}: a limit ends it, and whoever comes later is answered`, async () => {
      network.silentFrom = words;
      const first = assert.rejects(ask(engine, 'select 1'), systemError('SYSTEM_UNAVAILABLE', mariadbUser.password));
      await leave(engine, 'select 2');
      await until(() => network.swallowed === 2);
      network.silentFrom = undefined;
      const late = Promise.all([3, 4, 5].map((i) => ask(engine, `select ${i}`)));
      assert.deepEqual(await late, [[[3]], [[4]], [[5]]]);
      await first;
      assert.equal(network.open, 2);
    });

    test(`${when}: the engine is closed at once`, async () => {
      network.silentFrom = words;
      const pending = assert.rejects(ask(engine, 'select 1'), systemError('SYSTEM_UNAVAILABLE', mariadbUser.password));
      await until(() => network.swallowed === 1);
      await unlessAborted(engine.close(), AbortSignal.timeout(1_000));
      await pending;
      await until(() => network.open === 0);
    });
  }

  test('when a statement is to be stopped: neither connection is left', async () => {
    const controller = new AbortController();
    const pending = ask(engine, 'select sleep(3)', controller.signal);
    await until(async () => (await server.sessions(mariadbUser.user)).some(({ info }) => info?.includes('sleep')));
    network.silentFrom = /@@hostname/;
    controller.abort(new Error('gone'));
    await assert.rejects(pending, { message: 'gone' });
    await until(() => network.swallowed === 1);
    await until(() => network.open === 0);
    network.silentFrom = undefined;
    assert.deepEqual(await ask(engine, 'select 1'), [[1]]);
  });
});

function ask(engine: Engine, sql: string, signal?: AbortSignal) {
  return engine.run(CompiledQuery.raw(sql), { scan: false }, call(signal));
}

/** Asks, and doesn't wait for long. */
async function leave(engine: Engine, sql: string): Promise<void> {
  const asking = withinTime(call(), 50, ({ signal }) => ask(engine, sql, signal));
  await assert.rejects(asking, systemError('SYSTEM_TIMEOUT', mariadbUser.password));
}

/** What stands between a client and the server. */
class Network {
  /** From these words of a client on, nothing of its connection passes any more. */
  silentFrom: RegExp | undefined;
  /** How many connections fell silent. */
  swallowed = 0;
  readonly #clients = new Set<Socket>();
  readonly #proxy: Server;

  private constructor(proxy: Server, port: number) {
    this.#proxy = proxy.on('connection', (client: Socket) => this.#forward(client, port));
  }

  static async to(port: number): Promise<Network> {
    const proxy = createServer().listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    return new Network(proxy, port);
  }

  get url(): string {
    return `mariadb://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}/library`;
  }

  get open(): number {
    return this.#clients.size;
  }

  close(): void {
    this.#proxy.close();
    for (const client of this.#clients) client.destroy();
  }

  #forward(client: Socket, port: number): void {
    this.#clients.add(client);
    const upstream = connect(port, '127.0.0.1');
    let isSilent = false;
    client.on('data', (data) => {
      if (!isSilent && this.silentFrom?.test(data.toString('latin1'))) {
        isSilent = true;
        this.swallowed++;
      }
      if (!isSilent) upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!isSilent) client.write(data);
    });
    client.on('error', () => {}).on('close', () => upstream.destroy(void this.#clients.delete(client)));
    upstream.on('error', () => {}).on('close', () => client.destroy());
  }
}
