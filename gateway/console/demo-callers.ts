import type { FastifyInstance } from 'fastify';
import { type DemoIssuer, demoCallers } from '../access/identity/demo-callers.ts';

/**
 * Gives out the tokens of demo callers, in development only: `/demo` lists them, `/demo/agent` is the token of one, as plain text. Only
 * who reached this machine by a name of its own gets an answer: a page of another site could lead its own name here (DNS rebinding).
 */
export function serveDemoCallers(app: FastifyInstance, issuer: DemoIssuer): void {
  app.register(async (routes) => {
    routes.addHook('onRequest', async ({ headers }, reply) => {
      // A page of another site could have a text run as a script.
      reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      if (isOwnName(headers.host ?? '')) return;
      await reply.code(403).send('Demo callers are for this machine alone.\n');
    });
    routes.get('/demo', async () => demoCallers.map(({ name, title, scopes }) => ({ name, title, scopes })));
    routes.get<{ Params: { name: string } }>('/demo/:name', async ({ params: { name } }, reply) => {
      reply.type('text/plain; charset=utf-8');
      if (demoCallers.some((caller) => caller.name === name)) return issuer.tokenOf(name);
      return reply.code(404).send(`Expected one of ${demoCallers.map((caller) => caller.name).join(', ')}.\n`);
    });
  });
}

/** Whether a `Host` header is a name that this machine alone has for itself. */
export function isOwnName(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}
