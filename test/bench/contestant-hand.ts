import { createServer, type IncomingMessage } from 'node:http';
import { Pool } from 'undici';
import { heavy } from './hand-heavy.ts';
import { customerView } from './hand-view.ts';

// What a good programmer writes who knows the query: the fetches that the plan makes, by undici, on a raw HTTP server.

const [urls = '{}', port] = process.argv.slice(2);
const headers = { 'content-type': 'application/json' };

/** Asks one subgraph. */
export type Ask = <T>(query: string, variables: object) => Promise<T>;

function asker(url: string): Ask {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: 64, pipelining: 1 });
  return async <T>(query: string, variables: object) => {
    const { body } = await pool.request({ method: 'POST', path, headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = (await body.json()) as { data: T; errors?: readonly { message: string }[] };
    if (errors) throw new Error(errors[0]?.message);
    return data;
  };
}

export interface Subgraphs {
  readonly customers: Ask;
  readonly orders: Ask;
  readonly inventory: Ask;
  readonly finance: Ask;
}

const subgraphs = Object.fromEntries(
  Object.entries(JSON.parse(urls) as Record<string, string>).map(([name, url]) => [name, asker(url)]),
) as unknown as Subgraphs;

const answers: Record<string, (variables: never) => Promise<unknown>> = {
  CustomerView: ({ id }: { id: string }) => customerView(subgraphs, id),
  Heavy: (variables: { region: string; warehouse: string }) => heavy(subgraphs, variables),
};

function read(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => resolve(text));
    request.on('error', reject);
  });
}

createServer(async (request, response) => {
  let status = 200;
  let text: string;
  try {
    const { operationName, variables } = JSON.parse(await read(request));
    text = JSON.stringify({ data: (await answers[operationName]?.(variables as never)) ?? null });
  } catch (error) {
    status = 500;
    text = JSON.stringify({ errors: [{ message: String(error) }] });
  }
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}).listen({ host: '127.0.0.1', port: Number(port), backlog: 4096 });
