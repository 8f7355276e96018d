import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { ensureData } from '../../demo/data.ts';
import type { StandIn, StandInOptions } from '../../demo/stand-in.ts';
import { UnknownFieldError } from './fields.ts';
import { RateLimit } from './rate-limit.ts';
import { routes } from './routes.ts';
import { BadCursorError, Store } from './store.ts';
import { write } from './writer.ts';

/** What the CRM is started with. */
export interface CrmOptions extends StandInOptions {
  /** The most requests of one token in any second. @default 200 */
  readonly rateLimit?: number;
}

const base = '/api/v2';
const token = 'crm-demo-token';

/** The CRM: JSON over HTTP. */
export async function start(options: CrmOptions): Promise<StandIn> {
  const store = new Store(await ensureData(options, 'crm', write));
  const server = fastify({ forceCloseConnections: true });
  guard(server, new RateLimit(options.rateLimit ?? 200), options.onCall);
  await server.register(async (api) => routes(api, store), { prefix: base });
  await server.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  const { port } = server.server.address() as AddressInfo;
  return {
    settings: { CUSTOMERS_URL: `http://127.0.0.1:${port}${base}`, CUSTOMERS_TOKEN: token },
    port,
    async close() {
      await server.close();
      store.close();
    },
  };
}

/** What every request passes, and the shape of the CRM's errors. */
function guard(server: FastifyInstance, limit: RateLimit, onCall: StandInOptions['onCall']): void {
  server.addHook('onRequest', async (request, reply) => {
    const path = request.routeOptions.url ?? request.url;
    onCall?.(`${request.method} ${path.replace(base, '')}`);
    if (request.headers.authorization !== `Bearer ${token}`) {
      return reply.code(401).send(fault('unauthorized', 'The access token is missing or not valid.'));
    }
    const wait = limit.take(token);
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1000);
      return reply.code(429).header('retry-after', seconds).send(fault('rate_limited', 'Too many requests.'));
    }
  });
  server.setNotFoundHandler((_, reply) => reply.code(404).send(fault('not_found', 'There is no such resource.')));
  server.setErrorHandler((error: Error & { validation?: unknown }, _, reply) => {
    const refused = error.validation || error instanceof BadCursorError || error instanceof UnknownFieldError;
    return refused
      ? reply.code(400).send(fault('invalid_request', error.message))
      : reply.code(500).send(fault('internal', error.message));
  });
}

function fault(code: string, message: string) {
  return { error: { code, message } };
}
