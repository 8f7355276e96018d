import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Makes a server that stops well; call before it listens. The function that is returned refuses new connections, closes those
 * on which nothing is asked, lets requests in flight finish, and cuts what still goes on after `timeoutMs`.
 */
export function drainable(app: FastifyInstance, timeoutMs: number): () => Promise<void> {
  const silent = trackSilentSockets(app);
  let draining = false;
  // A connection that is kept open would keep the server from closing.
  app.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });
  return async () => {
    draining = true;
    for (const socket of silent) socket.destroy();
    const cut = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
    await app.close().finally(() => clearTimeout(cut));
  };
}

/** Connections on which nothing was ever asked. Node counts them as busy, and closing would wait for them. */
function trackSilentSockets(app: FastifyInstance): ReadonlySet<Socket> {
  const silent = new Set<Socket>();
  app.server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  app.server.on('request', ({ socket }) => silent.delete(socket));
  return silent;
}
