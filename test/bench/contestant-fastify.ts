import { fastify } from 'fastify';
import { Pool } from 'undici';

// A bare Fastify route that makes the one-field query's fetch: what a gateway is measured against that has nothing to join.

const [urls = '{}', port] = process.argv.slice(2);
const { customers } = JSON.parse(urls) as Record<string, string>;
const { origin, pathname: path } = new URL(customers as string);
const pool = new Pool(origin, { connections: 64, pipelining: 1 });
const headers = { 'content-type': 'application/json' };
const query = 'query ($id: ID!) { customer(id: $id) { name } }';

const app = fastify();
app.post<{ Body: { variables: { id: string } } }>('/graphql', async ({ body: { variables } }) => {
  const { body } = await pool.request({ method: 'POST', path, headers, body: JSON.stringify({ query, variables }) });
  const { data } = (await body.json()) as { data: { customer: { name: string } } };
  return { data: { customer: { name: data.customer.name } } };
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
