import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refusal } from './refusal.ts';

const statuses: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what isn't HTTP at all; there is no request yet that a handler could be given. `inFlight` are the responses of a connection that are not out. */
export function refuseMalformed(inFlight: (socket: Socket) => readonly ServerResponse[]) {
  const refused = new WeakSet<Socket>();
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    if (refused.has(socket)) return;
    refused.add(socket);
    // The requests before it on the same connection are good ones. The last of them may not have reached its handler yet.
    setImmediate(async () => {
      await Promise.all(inFlight(socket).map((response) => new Promise((resolve) => response.once('close', resolve))));
      if (socket.writable) socket.end(text(statuses[error.code ?? ''] ?? 400));
      else socket.destroy();
    });
  };
}

function text(code: number): string {
  const { status, headers, body } = refusal(code, { connection: 'close' });
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) });
  return `HTTP/1.1 ${status} \r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}
