import { setTimeout as delay } from 'node:timers/promises';
import { Connection, type PoolClient } from 'pg';
import type { ServerAddress } from '../server/url.ts';

/** After how long a statement that goes on is told to stop once more. */
const againMs = 50;
/** How long a statement may take to stop before its connection is cut off. */
const limitMs = 2_000;

/**
 * Has the server stop what `client` runs, until `answer` is there: an order that comes before the statement has begun is lost. True
 * once nothing more is on its way, which would hit what the connection runs next; false where it took too long, and the connection
 * was cut off.
 */
export async function stopStatement(
  client: PoolClient,
  answer: Promise<unknown>,
  address: ServerAddress,
): Promise<boolean> {
  const answered = new AbortController();
  const end = () => answered.abort();
  answer.then(end, end);
  let order: Order | undefined;
  let isStopped = true;
  const cutOff = setTimeout(() => {
    isStopped = false;
    client.connection.stream.destroy();
    order?.abandon();
  }, limitMs);
  while (!answered.signal.aborted) {
    order = sendOrder(client, address);
    await order.ended;
    await delay(againMs, undefined, { signal: answered.signal }).catch(() => {});
  }
  clearTimeout(cutOff);
  return isStopped;
}

interface Order {
  /** The server has passed it on, or it didn't get through. */
  readonly ended: Promise<void>;
  abandon(): void;
}

/** Over a connection of its own (PostgreSQL, "Canceling Requests in Progress", 55.2.9). */
function sendOrder(client: PoolClient, { host, port, tls }: ServerAddress): Order {
  const { processID, secretKey } = client as unknown as BackendKey;
  const connection = new Connection({ ssl: tls ?? false }) as CancelConnection;
  const abandon = () => void connection.stream.destroy();
  const ended = new Promise<void>((resolve) => connection.once('end', resolve));
  connection.on('error', abandon);
  connection.on('connect', () => (tls ? connection.requestSsl() : connection.cancel(processID, secretKey)));
  connection.on('sslconnect', () => connection.cancel(processID, secretKey));
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  return { ended, abandon };
}

/** What the driver's types leave out: by what a server knows whose statement to stop. */
interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

/** What the driver's types leave out of a connection. */
interface CancelConnection extends Connection {
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}
