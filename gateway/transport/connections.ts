import { buildConnector, type Dispatcher, Pool } from 'undici';
import { maxResponseBytes } from './response.ts';
import type { TransportLoad } from './transport.ts';

/**
 * The connections to one subgraph, kept open. Up to 64 of them, because one carries one request at a time: with pipelining a slow
 * answer would hold up those behind it, and HTTP/2, which would not, costs twice the CPU. A request beyond them waits for the
 * first that is free. They are opened as they are needed, and undici takes the first free one, so that few stay busy and the
 * others are let go after 4 seconds, or as long as the subgraph's `Keep-Alive` header says.
 */
export class Connections {
  readonly #origin: string;
  readonly #pool: Pool;
  /** For what is sent again: none of its connections is used twice. */
  #fresh: Pool | undefined;
  /** The errors of connections that had carried an answer before. */
  readonly #ofUsed = new WeakSet<Error>();
  readonly #connect = buildConnector({ allowH2: false });

  constructor(origin: string) {
    this.#origin = origin;
    this.#pool = this.#open(1);
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#pool.dispatch(options, handler);
  }

  /** Sends on a new connection. */
  dispatchFresh(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#fresh ??= this.#open(0);
    this.#fresh.dispatch(options, handler);
  }

  /** Whether it broke on a connection that had carried an answer before: the subgraph may have closed it as idle. */
  brokeWhenUsed(error: Error): boolean {
    return this.#ofUsed.has(error);
  }

  /** How many requests are out, and how many wait for a connection. */
  get load(): TransportLoad {
    const { running, pending } = this.#pool.stats;
    return { used: running, waiting: pending };
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#pool.destroy(), this.#fresh?.destroy()]);
  }

  #open(pipelining: 0 | 1): Pool {
    return new Pool(this.#origin, {
      connections: 64,
      pipelining,
      allowH2: false,
      maxResponseSize: maxResponseBytes,
      // Every fetch has its own deadline; undici's timers would only come on top.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, connected) =>
        this.#connect(options, (...outcome) => {
          const [, socket] = outcome;
          // Ahead of undici's own listener, so that it is known when a handler asks.
          socket?.on('error', (error) => {
            if (socket.bytesRead > 0) this.#ofUsed.add(error);
          });
          connected(...outcome);
        }),
    });
  }
}
