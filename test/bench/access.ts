import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Bench, Part } from './bench.ts';
import { compareStarted } from './compare.ts';
import type { Contestant } from './contestants.ts';
import { subgraphNames } from './engine.ts';
import { guardedSdl, scopes } from './guarded.ts';
import { withHash } from './manner.ts';
import { startProvider } from './provider.ts';
import { writeSupergraph } from './subgraphs.ts';
import { workloads } from './workloads.ts';

/** How much more access may cost of a customer view's CPU time. */
const most = 1.15;

/**
 * Junction where everybody may ask everything, and with all of access: a token of a provider, rules of the schema that hold for its caller,
 * limits, and signed fetches that carry a caller token; then the same for operations that are asked for by their hash.
 */
export async function access(bench: Bench): Promise<Part> {
  const provider = await startProvider();
  const folder = join(bench.folder, 'access');
  const { urls } = bench.subgraphs;
  const schemas = subgraphNames.map((name) => ({ name, url: urls[name] as string, sdl: guardedSdl(name) }));
  const subgraphs = { ...bench.subgraphs, ...writeSupergraph(folder, schemas) };
  const settings = join(folder, 'gateway.yaml');
  // All requests are one caller's.
  const limits = { rate: { per_second: 1_000_000, burst: 1_000_000 } };
  writeFileSync(settings, stringify({ authentication: { issuers: [provider.settings] }, limits }));
  const env = { GATEWAY_CONFIG: settings, SUBGRAPH_KEYS: `bench:${randomBytes(32).toString('base64')}` };
  const authorization = `Bearer ${await provider.token(scopes)}`;

  const open = await bench.start('junction');
  const guarded = await bench.start('junction-access', { subgraphs, env, manner: { authorization } });
  const manner = { authorization, byHash: true };
  const byHash = await bench.start('junction-access-hash', { subgraphs, env, manner });
  await tellText(byHash, authorization);
  const { text, figures, summary } = await compareStarted(bench, 'view', [open, guarded, byHash], { base: 'junction' });
  provider.close();
  const times = summary.find(({ name }) => name === 'junction-access')?.toBaseline ?? Number.NaN;
  const verdict = `  access: ${times.toFixed(3)} × the CPU time; at most ${most} × is allowed: ${times <= most ? 'kept' : 'EXCEEDED'}\n`;
  return { text: text + verdict, figures };
}

/** From then on the text's hash will do. */
async function tellText({ url }: Contestant, authorization: string): Promise<void> {
  const headers = { authorization, 'content-type': 'application/json' };
  const body = JSON.stringify(withHash(workloads.view.request(0)));
  const response = await fetch(url, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`the text of the view was not taken: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}
