import type { Dispatcher } from 'undici';
import type { Connections } from './connections.ts';
import { FetchError } from './errors.ts';
import { decompress, type HttpAnswer } from './response.ts';

/** What an exchange is for: a flight. */
interface Landing {
  exchange: { abort(reason: FetchError): void } | undefined;
  land(answer: HttpAnswer): void;
  fail(error: FetchError): void;
}

/** What an exchange sends. */
export interface Outgoing {
  /** Asked each time that it is sent: what is signed counts once. */
  options(): Dispatcher.DispatchOptions;
}

/** One HTTP request and its response: lands its flight. undici's plain handler, which costs the least of its interfaces. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #connections: Connections;
  readonly #outgoing: Outgoing;
  readonly #flight: Landing;
  /** Whether it may be sent a second time. */
  #repeatable: boolean;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted: FetchError | undefined;
  #status = 0;
  #type = 'no content type';
  #encoding: string | undefined;
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;

  constructor(connections: Connections, outgoing: Outgoing, flight: Landing, repeatable: boolean) {
    this.#connections = connections;
    this.#outgoing = outgoing;
    this.#flight = flight;
    this.#repeatable = repeatable;
    flight.exchange = this;
  }

  send(): void {
    this.#connections.dispatch(this.#outgoing.options(), this);
  }

  abort(reason: FetchError): void {
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // It waited for a connection, which is still good for another: to abort would close it.
    if (this.#aborted) throw this.#aborted;
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // 1xx: the response itself is yet to come.
    if (status < 200) return;
    this.#status = status;
    const { 'content-type': type, 'content-encoding': encoding } = headers;
    if (type !== undefined) this.#type = String(type);
    if (encoding !== undefined && encoding !== 'identity') this.#encoding = String(encoding);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#first) this.#first = chunk;
    else if (!this.#rest) this.#rest = [this.#first, chunk];
    else this.#rest.push(chunk);
  }

  onResponseEnd(): void {
    const bytes = this.#rest ? Buffer.concat(this.#rest) : this.#first;
    if (!bytes || this.#encoding === undefined) this.#land(bytes);
    else
      decompress(bytes, this.#encoding).then(
        (plain) => this.#land(plain),
        (error) => this.#fail(error, 'the response does not decompress'),
      );
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // Nobody waits any more.
    if (this.#aborted) return;
    if (this.#status > 0 || !this.#repeatable || !this.#connections.brokeWhenUsed(error)) {
      this.#fail(error);
      return;
    }
    this.#repeatable = false;
    this.#controller = undefined;
    this.#connections.dispatchFresh(this.#outgoing.options(), this);
  }

  #land(bytes: Buffer | undefined): void {
    this.#flight.land({ status: this.#status, type: this.#type, bytes: bytes ?? nothing });
  }

  #fail(cause: NodeJS.ErrnoException, detail = this.#status > 0 ? 'the response broke off' : 'no response'): void {
    // Something that answers, but not in HTTP, is there.
    const code = this.#status > 0 || cause.name === 'HTTPParserError' ? 'SUBGRAPH_FAILED' : 'SUBGRAPH_UNAVAILABLE';
    // A host with several addresses fails with an AggregateError that has a code and no message.
    this.#flight.fail(new FetchError(code, `${detail}: ${cause.message || cause.code}`, { cause }));
  }
}

const nothing = Buffer.alloc(0);
