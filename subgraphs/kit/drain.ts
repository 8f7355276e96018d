import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Makes a server that stops well; call before it listens. The function that is returned refuses new connections, closes those
 * on which nothing is asked, lets requests in flight finish, and cuts what still goes on after `timeoutMs`.
 */
export function drainable(app: FastifyInstance, timeoutMs: number): () => Promise<void> {
  const closeIdle = trackConnections(app);
  let draining = false;
  // Node's own takes a connection for idle as soon as its answer is made, and would cut off what is not sent yet.
  app.server.closeIdleConnections = () => closeIdle();
  // A connection that is kept open would keep the server from closing.
  app.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });
  return async () => {
    draining = true;
    const cut = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
    await app.close().finally(() => clearTimeout(cut));
  };
}

/** What is going on on a connection. */
interface Connection {
  /** Requests whose answers are not sent to the last byte. */
  open: number;
  /** How much had come when the last answer was out: more is the beginning of a request. */
  bytesRead: number;
}

/** Returns what closes all idle connections, and from then on each as soon as it is idle. */
function trackConnections(app: FastifyInstance): () => void {
  const connections = new Map<Socket, Connection>();
  let closing = false;
  app.server.on('connection', (socket) => {
    connections.set(socket, { open: 0, bytesRead: 0 });
    socket.once('close', () => connections.delete(socket));
  });
  app.server.on('request', ({ socket }, response) => {
    const connection = connections.get(socket);
    if (!connection) return;
    connection.open += 1;
    response.on('close', onSent);
  });

  function onSent(this: ServerResponse): void {
    const { socket } = this.req;
    const connection = connections.get(socket);
    if (!connection) return;
    connection.open -= 1;
    connection.bytesRead = socket.bytesRead;
    if (closing && connection.open === 0) socket.destroySoon();
  }

  return () => {
    closing = true;
    for (const [socket, { open, bytesRead }] of connections) {
      if (open === 0 && socket.bytesRead === bytesRead) socket.destroy();
    }
  };
}
