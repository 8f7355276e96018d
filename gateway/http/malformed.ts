import type { Socket } from 'node:net';
import type { Utf8 } from '../execution/utf8.ts';
import type { Connections } from './connections.ts';
import { refusal } from './refusal.ts';

const statuses: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what isn't HTTP at all; there is no request yet that a handler could be given. */
export function refuseMalformed(connections: Connections) {
  const refused = new WeakSet<Socket>();
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    if (refused.has(socket)) return;
    refused.add(socket);
    // The requests before it on the same connection are good ones. The last of them may not have reached its handler yet.
    setImmediate(async () => {
      const before = connections.unanswered(socket);
      await Promise.all(before.map(({ response }) => new Promise((resolve) => response.once('close', resolve))));
      if (socket.writable) socket.end(text(statuses[error.code ?? ''] ?? 400), 'latin1');
      else socket.destroy();
    });
  };
}

function text(code: number): Utf8 {
  const { status, headers, body } = refusal(code, ['connection', 'close']);
  const fields = [...headers, 'content-length', String(body.length)];
  const lines = fields.map((field, i) => (i % 2 === 0 ? `${field}: ` : `${field}\r\n`));
  return `HTTP/1.1 ${status} \r\n${lines.join('')}\r\n${body}` as Utf8;
}
