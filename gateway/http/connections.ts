import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Cancellation } from '../transport/cancellation.ts';

/** A request from its arrival until its answer is written. */
export interface Exchange {
  readonly id: string;
  readonly response: ServerResponse;
  /** Tells when the client is gone. */
  readonly cancellation: Cancellation;
  readonly connection: Connection;
  /** Which of its connection's requests it is, from 1. */
  readonly nth: number;
}

interface Connection {
  /** A list, not a map or set, for the reason told at `InFlight` (transport/flight.ts). */
  readonly unanswered: Exchange[];
  requests: number;
  /** Whether it ends with the answer to the last request that was taken: too much was asked at once, or something doubtful. */
  ending: boolean;
}

/** Hardly any client asks a second thing before the first is answered. Without a limit, one could make the gateway hold any number of answers. */
const mostAtOnce = 64;

/**
 * What is asked on each client's connection. A client may ask several things before it reads an answer (pipelining); the answers go
 * out in the order of the requests, whichever is made first.
 */
export class Connections {
  readonly #connections = new WeakMap<Socket, Connection>();

  /** When a connection closes, what is asked on it is canceled. One listener for each costs less than one for each request. */
  opened(socket: Socket): void {
    const { unanswered } = this.#of(socket);
    socket.on('close', () => {
      for (const { cancellation } of unanswered) cancellation.cancel();
    });
  }

  /** Undefined where the connection is to end with the answer to a request before this one. */
  begin(id: string, response: ServerResponse): Exchange | undefined {
    const connection = this.#of(response.req.socket);
    if (connection.ending) return undefined;
    connection.ending = connection.unanswered.length === mostAtOnce;
    connection.requests += 1;
    const exchange = { id, response, cancellation: new Cancellation(), connection, nth: connection.requests };
    connection.unanswered.push(exchange);
    return exchange;
  }

  end(exchange: Exchange): void {
    const { unanswered } = exchange.connection;
    unanswered.splice(unanswered.indexOf(exchange), 1);
  }

  /** Whether nothing was asked after it on its connection. */
  isLast({ connection, nth }: Exchange): boolean {
    return nth === connection.requests;
  }

  unanswered(socket: Socket): readonly Exchange[] {
    return this.#of(socket).unanswered;
  }

  #of(socket: Socket): Connection {
    let connection = this.#connections.get(socket);
    if (!connection) {
      connection = { unanswered: [], requests: 0, ending: false };
      this.#connections.set(socket, connection);
    }
    return connection;
  }
}
