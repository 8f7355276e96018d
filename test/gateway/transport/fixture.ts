import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { Cancellation } from '../../../gateway/transport/cancellation.ts';
import type { FetchCall, SubgraphRequest, Transport } from '../../../gateway/transport/transport.ts';

/** A request as the executor makes it. */
export function request(
  query: string,
  { variables = {}, kind = 'query' }: { variables?: object; kind?: SubgraphRequest['operation']['kind'] } = {},
): SubgraphRequest {
  const variablesText = JSON.stringify(variables);
  return { operation: { kind, query }, variablesText, variables: () => JSON.parse(variablesText) };
}

/** A call that may take 20 seconds where the test doesn't say otherwise. */
export function call({ ms = 20_000, cancellation = new Cancellation(), requestId = 'test' } = {}): FetchCall {
  return { deadline: performance.now() + ms, cancellation, requestId };
}

export type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => unknown;

/** An HTTP server on a free port until the test ends. Returns its URL. */
export async function served(t: TestContext, answer: Answer): Promise<string> {
  const server = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    await answer(response, request, Buffer.concat(chunks).toString());
  });
  t.after(() => server.closeAllConnections());
  return listening(t, server);
}

/** A server that answers each piece of text on a connection by hand. Returns its URL. */
export async function servedByHand(t: TestContext, onData: (socket: Socket, nth: number) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createNetServer((socket) => {
    sockets.add(socket);
    let nth = 0;
    socket.on('error', () => {});
    socket.on('data', () => {
      nth += 1;
      onData(socket, nth);
    });
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return listening(t, server);
}

/** Closes the transport when the test ends. */
export function closing(t: TestContext, transport: Transport): Transport {
  t.after(() => transport.close());
  return transport;
}

async function listening(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql?v=1`;
}
