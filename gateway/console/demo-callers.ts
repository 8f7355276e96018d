import type { FastifyInstance } from 'fastify';
import { type DemoIssuer, demoCallers } from '../access/identity/demo-callers.ts';

/**
 * Gives out the tokens of demo callers, in development only: `/demo` lists them, `/demo/agent` is the token of one, as plain text. That no
 * page of another site gets them by a name of its own is for the server to see to (`http/hosts.ts`).
 */
export function serveDemoCallers(app: FastifyInstance, issuer: DemoIssuer): void {
  app.register(async (routes) => {
    routes.addHook('onRequest', async (_request, reply) => {
      // A page of another site could have a text run as a script.
      reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    });
    routes.get('/demo', async () => demoCallers.map(({ name, title, scopes }) => ({ name, title, scopes })));
    routes.get<{ Params: { name: string } }>('/demo/:name', async ({ params: { name } }, reply) => {
      reply.type('text/plain; charset=utf-8');
      if (demoCallers.some((caller) => caller.name === name)) return issuer.tokenOf(name);
      return reply.code(404).send(`Expected one of ${demoCallers.map((caller) => caller.name).join(', ')}.\n`);
    });
  });
}
