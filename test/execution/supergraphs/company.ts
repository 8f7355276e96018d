import { readFileSync } from 'node:fs';
import type { TestSupergraph } from './supergraph.ts';

/** Junction's own contracts, with made-up data instead of the systems. */
export const company: TestSupergraph = {
  name: 'company',
  subgraphs: Object.fromEntries(
    ['customers', 'orders', 'inventory', 'finance'].map((name) => [
      name,
      readFileSync(new URL(`../../../subgraphs/${name}/schema.graphql`, import.meta.url), 'utf8'),
    ]),
  ),
};
