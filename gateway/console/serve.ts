import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { namesHtml } from '../http/accept.ts';
import type { PageConfig } from './app/page-config.ts';
import { builtDocument, root } from './built.ts';
import { explorePage, uncompressed } from './explore-frame.ts';
import { ProviderOrigins } from './provider-origins.ts';

/** What the console needs of the gateway that serves it. */
export interface ConsoleOptions {
  readonly config: Omit<PageConfig, 'systems'>;
  /** The systems behind subgraphs, as far as they are known by now. */
  readonly systems: () => Promise<PageConfig['systems']>;
}

/** Every page's path: one document, which finds its page by itself. */
const pages = ['/', '/customers/*', '/orders/*', '/products/*', '/overview', '/explore', '/systems', '/signed-in'];

/** Serves the console: its document at each page's path, what it is made of below /assets, and GraphiQL, in a frame of Explore's. */
export function serveConsole(app: FastifyInstance, { config, systems }: ConsoleOptions): void {
  // Before anybody has signed in, nobody is told what systems there are.
  const isOpen = config.signIn.kind === 'demo' || config.signIn.kind === 'open';
  const provider = config.signIn.kind === 'oidc' ? new ProviderOrigins(config.signIn.issuer) : undefined;
  app.addHook('onClose', async () => provider?.close());
  for (const path of pages) app.get(path, async (_request, reply) => sendDocument(reply));
  // What no route has: whoever opens it in a browser is told so by the page, with a way on to others.
  app.get('/*', async ({ headers: { accept = '' } }, reply) =>
    namesHtml(accept) ? sendDocument(reply.code(404)) : reply.callNotFound(),
  );
  app.register(async (assets) => {
    // A folder is 403 there, which is said of other things here.
    assets.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
      if (error.statusCode !== 403) throw error;
      reply.callNotFound();
    });
    assets.register(fastifyStatic, {
      root: `${root}/assets`,
      prefix: '/assets/',
      preCompressed: true,
      immutable: true,
      maxAge: '365d',
      decorateReply: false,
      index: false,
      setHeaders: (reply) => void reply.header('x-content-type-options', 'nosniff'),
    });
  });
  app.get('/explore/graphiql', async (request, reply) => {
    const page = await explorePage();
    reply.headers({
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      etag: page.etag,
      vary: 'accept-encoding',
    });
    if (request.headers['if-none-match'] === page.etag) return reply.code(304).send();
    reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': page.policy });
    const gzipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    if (gzipped) reply.header('content-encoding', 'gzip');
    return reply.send(gzipped ? page.gzipped : await uncompressed(page));
  });

  async function sendDocument(reply: FastifyReply): Promise<FastifyReply> {
    reply.headers({
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const built = await builtDocument();
    if (built === undefined) return reply.code(503).type('text/plain; charset=utf-8').send(unbuilt);
    const [known, origins] = await Promise.all([isOpen ? systems() : {}, provider?.all()]);
    const page: PageConfig = { ...config, systems: known };
    const policy = contentSecurityPolicy(origins);
    reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
    // Nothing in it may end the element that it stands in.
    const told = `${opening}${JSON.stringify(page).replaceAll('<', '\\u003c')}${closing}`;
    return reply.send(built.replace(placeholder, () => told));
  }
}

const opening = '<script type="application/json" id="junction">';
const closing = '</script>';
const placeholder = `${opening}{}${closing}`;

const unbuilt = 'The console is not built. `npm start` builds it first; so does `node gateway/console/build.ts`.\n';

/** Nothing may come from elsewhere, or go there, but to the provider that people sign in at. */
function contentSecurityPolicy(provider: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    ["connect-src 'self'", ...provider].join(' '),
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
