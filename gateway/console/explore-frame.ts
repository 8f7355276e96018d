import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

/** GraphiQL as it goes over the wire: 9 MB of HTML in which everything is contained, 2.4 MB compressed. */
export interface ExplorePage {
  readonly gzipped: Buffer;
  readonly etag: string;
  /** Its content security policy, by which nothing runs but what it was made of. */
  readonly policy: string;
}

let page: Promise<ExplorePage> | undefined;

/** The page; made when it's asked for the first time, which takes half a second off the event loop. */
export function explorePage(): Promise<ExplorePage> {
  page ??= render();
  return page;
}

let plain: Promise<Buffer> | undefined;

/** The page for a client that doesn't take gzip. No browser is one; whoever asks often, and doesn't read, gets the same bytes each time. */
export function uncompressed({ gzipped }: ExplorePage): Promise<Buffer> {
  plain ??= promisify(gunzip)(gzipped);
  return plain;
}

async function render(): Promise<ExplorePage> {
  // No request of a client needs it: without it, serving has less to load and to keep.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const rendered = renderGraphiQL({ title: 'GraphiQL', favicon: 'data:,' });
  const monaco = rendered.indexOf(monacoHidden);
  const start = rendered.lastIndexOf(ownStart);
  const end = rendered.indexOf('</script>', start);
  if (monaco < 0 || start < 0 || end < 0)
    throw new Error(`expected GraphiQL's page to have ${monacoHidden}, and to start it by ${ownStart}`);
  const html = (rendered.slice(0, start) + startWithParent + rendered.slice(end))
    .replace(monacoHidden, 'globalAPI: true')
    // A function, since a replacement text would give `$` a meaning.
    .replace('<body', (body) => `${style}${body}`);
  const gzipped = await promisify(gzip)(html);
  const etag = `"${createHash('sha256').update(gzipped).digest('base64url')}"`;
  return { gzipped, etag, policy: policyOf(html) };
}

const ownStart = 'YogaGraphiQL.renderYogaGraphiQL(';

/**
 * GraphiQL gets all that it works with from the page around it, which is of the same origin: how to ask, so that no credential is ever in
 * here, which tabs to open, and the theme. Alone it is of no use.
 */
const startWithParent = `
  {
    const root = document.getElementById('root');
    const host = window.parent === window ? undefined : window.parent.junctionExplore;
    if (host) host.start(window, (options) => YogaGraphiQL.renderYogaGraphiQL(root, options));
    else root.innerHTML = '<p class="alone">This is a part of the console: open <a href="/explore">Explore</a> instead.</p>';
  }
`;

/** The editor's own switch for letting others reach it: by it themes change, and the Tab key leaves. */
const monacoHidden = 'globalAPI: false';

/** GraphiQL places the tabs of a first visit far to the right of where they show: a click on one would miss it. */
const style = `<style>
  html, body, #root { height: 100%; }
  #root .graphiql-container { width: 100%; height: 100%; }
  .graphiql-tab { transform: none !important; }
  /* Side by side, a phone has no room for two. */
  @media (max-width: 700px) {
    #root .graphiql-container { --sidebar-width: 46px; }
    #root .graphiql-sessions { margin: 8px 8px 8px 0; }
    #root #graphiql-session { flex-direction: column; }
    #root #graphiql-session > div { min-width: 0 !important; min-height: 0; width: 100%; }
    #root #graphiql-session > .graphiql-horizontal-drag-bar { display: none; }
    /* The query with room for its variables: by the shares that they have, these were cut in the first line. */
    #root .graphiql-editors { flex-grow: 1.4 !important; }
    #root .graphiql-editor-tool { min-height: 110px; }
  }
  .alone { padding: 24px; font: 16px/1.5 system-ui, sans-serif; }
</style>`;

/** Nothing may come from elsewhere, or go there. The page is made of inline scripts, which are known, and of workers from blobs. */
function policyOf(html: string): string {
  const hashes = Array.from(html.matchAll(/<script>([\s\S]*?)<\/script>/g), ([, script = '']) => {
    return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  });
  return [
    "default-src 'none'",
    ['script-src blob:', ...hashes].join(' '),
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    'img-src data:',
    'font-src data:',
    "connect-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}
