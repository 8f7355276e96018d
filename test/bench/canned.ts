import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Engine, subgraphNames, subgraphSchema } from './engine.ts';
import { answerCalls } from './process.ts';

// The subgraphs of all contestants, in one process. A request whose body has been seen before is answered from a map: no parsing of
// JSON or GraphQL, no HTTP library. So they are never what holds a gateway up, and answer each one alike.

const counts = { requests: 0, bytes: 0, computed: 0 };

/** Requests until now, bytes of their answers, and how many of those had not been seen before. */
export type Counts = typeof counts;

class Subgraph {
  readonly #engine: Engine;
  readonly #answers = new Map<string, Buffer>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The whole HTTP answer to a request with this body. */
  answer(body: string): Buffer | Promise<Buffer> {
    return this.#answers.get(body) ?? this.#compute(body);
  }

  async #compute(body: string): Promise<Buffer> {
    counts.computed += 1;
    const text = await this.#execute(Buffer.from(body, 'latin1').toString());
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`;
    const answer = Buffer.from(head + text);
    this.#answers.set(body, answer);
    return answer;
  }

  async #execute(body: string): Promise<string> {
    const { query, variables, operationName } = JSON.parse(body || probe);
    return JSON.stringify(await this.#engine.execute(query, variables, operationName));
  }
}

/** What a request without a body asks for: whether anybody is there. */
const probe = JSON.stringify({ query: '{ __typename }' });

/** Reads requests off a connection, one after the other. */
function serve(socket: Socket, subgraph: Subgraph): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.setNoDelay();
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
    for (let read = readRequest(pending); read; read = readRequest(pending)) {
      pending = pending.subarray(read.length);
      const answer = subgraph.answer(read.body);
      if (Buffer.isBuffer(answer)) send(answer);
      else
        answer.then(send, (error: unknown) => {
          process.stderr.write(`a subgraph of the bench could not answer: ${error}\n`);
          socket.destroy();
        });
    }
  });
  function send(answer: Buffer): void {
    counts.requests += 1;
    counts.bytes += answer.length;
    socket.write(answer);
  }
}

/** The body (each byte a character) of the first request, and the request's length, when it is complete. */
function readRequest(bytes: Buffer): { body: string; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const start = end + 4;
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return readChunks(bytes, start);
  const length = start + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return bytes.length < length ? undefined : { body: bytes.toString('latin1', start, length), length };
}

function readChunks(bytes: Buffer, start: number): { body: string; length: number } | undefined {
  let body = '';
  for (let at = start; ; ) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    at = end + 2 + size + 2;
    if (bytes.length < at) return undefined;
    if (size === 0) return { body, length: at };
    body += bytes.toString('latin1', end + 2, end + 2 + size);
  }
}

const calls = {
  /** Listens, one port for each subgraph. */
  async listen(_: undefined): Promise<Record<string, string>> {
    const urls: Record<string, string> = {};
    for (const name of subgraphNames) {
      const subgraph = new Subgraph(new Engine(subgraphSchema(name)));
      const server = createServer({ noDelay: true }, (socket) => serve(socket, subgraph)).listen(0, '127.0.0.1', 4096);
      await once(server, 'listening');
      urls[name] = `http://127.0.0.1:${(server.address() as { port: number }).port}/graphql`;
    }
    return urls;
  },
  counts: (_: undefined): Counts => ({ ...counts }),
};

export type CannedCalls = typeof calls;

answerCalls(calls);
