import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { callerPicker } from './caller-picker.ts';

/** The console as it goes over the wire: 9 MB of HTML in which everything is contained, 2.4 MB compressed. */
export interface ConsolePage {
  readonly gzipped: Buffer;
  readonly etag: string;
}

/** The queries that the console opens with, each in a tab of its own, with variables that fit the demo data. */
const tabs = [
  { file: 'customer-view', variables: { id: '10001' } },
  { file: 'order-view', variables: { number: 'W100018870' } },
  { file: 'below-reorder-point', variables: { first: 20 } },
  { file: 'overdue-invoices', variables: { first: 20 } },
  { file: 'waiting-orders', variables: { sku: 'CHR-0217' } },
] as const;

/** Nothing may come from elsewhere, or go there. The page is made of inline scripts and of workers from blobs. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  "style-src 'unsafe-inline'",
  'worker-src blob:',
  'img-src data:',
  'font-src data:',
  "connect-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

let page: Promise<ConsolePage> | undefined;

/** The console page; made when it's asked for the first time, which takes half a second off the event loop. */
export function consolePage(): Promise<ConsolePage> {
  page ??= render();
  return page;
}

/** The page for a client that doesn't take gzip. */
export function uncompressed({ gzipped }: ConsolePage): Promise<Buffer> {
  return promisify(gunzip)(gzipped);
}

async function render(): Promise<ConsolePage> {
  // No request of a client needs these: without them, serving has less to load and to keep.
  const [{ renderGraphiQL }, { parse, print }] = await Promise.all([
    import('@graphql-yoga/render-graphiql'),
    import('graphql'),
  ]);
  const defaultTabs = await Promise.all(
    tabs.map(async ({ file, variables }) => ({
      // As the editor's own button would write it: a long line would be cut off at the edge.
      query: print(parse(await readFile(new URL(`queries/${file}.graphql`, import.meta.url), 'utf8'))),
      variables: JSON.stringify(variables, null, 2),
    })),
  );
  const favicon = `data:image/svg+xml,${encodeURIComponent(logo)}`;
  const head = tabsInPlace + firstVisit(defaultTabs[0]);
  const rendered = renderGraphiQL({ title: 'Junction', logo, favicon, endpoint: '/graphql', defaultTabs });
  // A function, since a replacement text would give `$` a meaning, and GraphQL's variables begin with it.
  const html = rendered
    .replace('<body', () => `${head}<body`)
    .replace('<div id="root">', (root) => `${callerPicker}${root}`);
  const gzipped = await promisify(gzip)(html);
  return { gzipped, etag: `"${createHash('sha256').update(gzipped).digest('base64url')}"` };
}

/** GraphiQL places the tabs of a first visit far to the right of where they show: a click on one would miss it. */
const tabsInPlace = '<style>.graphiql-tab { transform: none !important; }</style>';

/**
 * GraphiQL remembers what is open, but on a first visit forgets the first tab's variables, and on the second opens an empty
 * tab. As options, query and variables would come back on every later visit, whichever tab is open then.
 */
function firstVisit(open: { readonly query: string; readonly variables: string } | undefined): string {
  return `<script>
    if (!localStorage.getItem('graphiql:tabState') && !location.search)
      for (const [key, value] of Object.entries(${JSON.stringify(open)})) localStorage.setItem('graphiql:' + key, value);
  </script>`;
}

/** Four lines that meet in one point. */
const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="28" height="28">
<g fill="none" stroke="#d60690" stroke-width="2"><path d="M4 4 12 12 20 4M4 20 12 12 20 20"/></g>
<g fill="#d60690"><circle cx="12" cy="12" r="4"/><circle cx="4" cy="4" r="2"/><circle cx="20" cy="4" r="2"/>
<circle cx="4" cy="20" r="2"/><circle cx="20" cy="20" r="2"/></g></svg>`;
