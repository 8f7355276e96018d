import { connect, type Socket } from 'node:net';

/** An answer to one request. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** A kept-alive HTTP connection that carries one request at a time, at the least cost to the machine that the gateway shares. */
export class Connection {
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;
  #pending: Buffer = Buffer.alloc(0);
  #done: ((answer: Answer | Error) => void) | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
  }

  /** Sends the bytes of a request. */
  send(request: Buffer, done: (answer: Answer | Error) => void): void {
    this.#done = done;
    this.#socket ??= this.#connect();
    this.#socket.write(request);
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #connect(): Socket {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    socket.on('data', (chunk: Buffer) => {
      this.#pending = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk;
      const answer = readAnswer(this.#pending);
      if (answer) this.#settle(answer);
    });
    socket.on('error', (error) => this.#settle(error));
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#settle(new Error('the connection was closed'));
    });
    return socket;
  }

  #settle(answer: Answer | Error): void {
    this.#pending = Buffer.alloc(0);
    if (answer instanceof Error) this.close();
    const done = this.#done;
    this.#done = undefined;
    done?.(answer);
  }
}

/** The bytes of a POST to /graphql with this JSON, and a credential where one is needed. */
export function requestBytes(json: string, authorization?: string): Buffer {
  const head = [
    'POST /graphql HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: application/json',
    'accept: application/json',
    ...(authorization ? [`authorization: ${authorization}`] : []),
    `content-length: ${Buffer.byteLength(json)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${json}`);
}

/** What came, once it is complete. */
function readAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const start = end + 4;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) return readChunks(bytes, start, status);
  const stop = start + Number(length);
  return bytes.length < stop ? undefined : { status, body: bytes.subarray(start, stop) };
}

function readChunks(bytes: Buffer, start: number, status: number): Answer | undefined {
  const parts: Buffer[] = [];
  for (let at = start; ; ) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    at = end + 2 + size + 2;
    if (bytes.length < at) return undefined;
    if (size === 0) return { status, body: Buffer.concat(parts) };
    parts.push(bytes.subarray(end + 2, end + 2 + size));
  }
}
