import { createWriteStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const help = `Writes all orders with their customers as CSV (RFC 4180): node test/clients/reporting.ts [--out FILE] [--after CURSOR] [--retries 6]
--after goes on where a run stopped, at the end of FILE. JUNCTION_URL is where Junction is (http://127.0.0.1:4000), JUNCTION_TOKEN says who
asks; without one it is the demo caller "reporting".`;

const query = `query OrderReport($after: String, $count: Boolean!) {
  orders(orderBy: { field: NUMBER }, first: 100, after: $after) {
    totalCount @include(if: $count)
    pageInfo { hasNextPage endCursor }
    nodes { number placedAt status total { amount currencyCode } customer { id name segment } }
  }
}`;
const columns = ['number', 'placed_at', 'status', 'total', 'currency', 'customer_id', 'customer', 'segment'];
/** What asking again does not change. */
const final = new Set(['UNAUTHENTICATED', 'UNAUTHORIZED_FIELD_OR_TYPE', 'BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED']);

/** A hundred orders; the first page has their number. `customer` is null where the record is gone, amounts are exact decimal texts. */
export interface Page {
  readonly totalCount?: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly Order[];
}
type Order = Record<'number' | 'placedAt' | 'status', string> & {
  readonly total: { readonly amount: string; readonly currencyCode: string };
  readonly customer: { readonly id: string; readonly name: string; readonly segment: string } | null;
};
type Failure = Error & { readonly cause?: { readonly code?: string }; readonly syscall?: string };
type Source = { readonly url: string; readonly token: string; readonly retries: number };

/** All orders after this cursor, by number, so that new ones only come at the end. Errors: what is still wrong after all retries. */
export async function* pages(source: Source, after?: string | null): AsyncGenerator<Page, void> {
  for (let more = true, count = true, failed = 0; more; ) {
    const page: Page | undefined = await ask(source, { after, count }).catch((error) => {
      if (failed >= source.retries || error.final) throw error;
      return undefined;
    });
    if (page) {
      yield page;
      [more, after, count, failed] = [page.pageInfo.hasNextPage, page.pageInfo.endCursor, false, 0];
    } else await delay(100 * 2 ** failed++);
  }
}

/** One line of CSV. */
export function csv(values: readonly (string | undefined)[]): string {
  return `${values.map((value = '') => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join()}\r\n`;
}

/** A page, or an error: with a part of it missing the report would be wrong, and nobody would know. */
async function ask({ url, token }: Source, variables: Record<string, unknown>): Promise<Page> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const body = JSON.stringify({ query, variables });
  const signal = AbortSignal.timeout(30_000);
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body, signal });
  const { data, errors } = await response.json().catch((cause) => {
    throw new Error(`the answer is not whole (HTTP ${response.status})`, { cause });
  });
  if (!errors) return data.orders;
  throw Object.assign(new Error(errors[0].message), { final: final.has(errors[0].extensions?.code) });
}

async function main(): Promise<void> {
  const [text, yes] = [{ type: 'string' }, { type: 'boolean' }] as const;
  const { values } = parseArgs({ options: { out: text, after: text, retries: text, help: yes } });
  if (values.help) return console.log(help);
  const { JUNCTION_URL: url = 'http://127.0.0.1:4000', JUNCTION_TOKEN } = process.env;
  const { out, after, retries = 6 } = values;
  const stream = out ? createWriteStream(out, { flags: after ? 'a' : 'w' }) : process.stdout;
  stream.on('error', () => {});
  // The next page is asked for when this one is written: memory doesn't grow, and a cursor is told for what is written only.
  const write = (lines: string) =>
    new Promise((done, fail) => stream.write(lines, (error) => (error ? fail : done)(error)));
  let [cursor, rows, total] = [after, 0, 0];
  try {
    const token = JUNCTION_TOKEN ?? (await (await fetch(`${url}/demo/reporting`)).text());
    if (!after) await write(csv(columns));
    for await (const { totalCount, pageInfo, nodes } of pages({ url, token, retries: Number(retries) }, after)) {
      await write(nodes.map(lineOf).join(''));
      [cursor, rows, total] = [pageInfo.endCursor ?? cursor, rows + nodes.length, totalCount ?? total];
      if (process.stderr.isTTY) process.stderr.write(`${rows} of ${total} orders${pageInfo.hasNextPage ? '\r' : '\n'}`);
    }
  } catch (error) {
    const { message, cause, syscall } = (stream.errored ?? error) as Failure;
    process.exitCode = 1;
    process.stderr.write(`Stopped after ${rows} orders: ${message}${cause?.code ? ` (${cause.code})` : ''}\n`);
    if (cursor && syscall !== 'write') process.stderr.write(`Go on with --after ${cursor}\n`);
  }
}

function lineOf({ number, placedAt, status, total, customer }: Order): string {
  const { id, name, segment } = customer ?? {};
  return csv([number, placedAt, status, total.amount, total.currencyCode, id, name, segment]);
}

if (import.meta.main) await main();
