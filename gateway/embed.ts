import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { StartupError } from '../subgraphs/kit/errors.ts';
import { openSubgraph, readSubgraph, type Subgraph, type SubgraphParts } from '../subgraphs/kit/subgraph.ts';
import type { StandIns } from './demo.ts';

/** Subgraphs that run in this process. */
export interface Embedded {
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  /** Those that stand on a demo system. */
  readonly demo: readonly string[];
  close(): Promise<void>;
}

/** What embedding needs beside the names. */
export interface EmbedOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Their settings complete the environment; closing what was embedded closes them too. */
  readonly standIns: Promise<StandIns>;
  readonly systemTimeoutMs: number;
  readonly log: Logger;
}

/** Opens subgraphs by name, each from its folder in `subgraphs/`. Errors: StartupError with the faults of all of them. */
export async function openEmbedded(names: readonly string[], options: EmbedOptions): Promise<Embedded> {
  const { systemTimeoutMs, log } = options;
  const reading = Promise.allSettled(names.map(read));
  // The stand-ins were started before: the files are read meanwhile.
  const { settings, names: demo, close } = await options.standIns;
  const environment = { ...options.environment, ...settings };
  const results = await Promise.allSettled(
    (await reading).map(async (result, i) => {
      if (result.status === 'rejected') throw result.reason;
      return openSubgraph(result.value, { name: names[i] ?? '', environment, systemTimeoutMs, log });
    }),
  );
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const unexpected = failures.find((failure) => !(failure instanceof StartupError));
  if (unexpected !== undefined) throw unexpected;
  if (failures.length > 0) throw new StartupError(failures.flatMap((failure) => (failure as StartupError).faults));
  return {
    subgraphs: new Map(opened.map((subgraph) => [subgraph.name, subgraph])),
    demo,
    async close() {
      await Promise.all(opened.map((subgraph) => subgraph.close()));
      await close();
    },
  };
}

async function read(name: string): Promise<SubgraphParts> {
  const folder = resolve(import.meta.dirname, '../subgraphs', name);
  if (!existsSync(resolve(folder, 'schema.graphql'))) {
    throw new StartupError([
      `${name}: there is no subgraphs/${name}/schema.graphql. A subgraph that runs elsewhere is left out of EMBED.`,
    ]);
  }
  return readSubgraph(folder).catch((error: unknown) => {
    if (!(error instanceof StartupError)) throw error;
    throw new StartupError(error.faults.map((fault) => `${name}: ${fault}`));
  });
}
