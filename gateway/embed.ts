import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { StartupError } from '../subgraphs/kit/errors.ts';
import { openSubgraph, readSubgraph, type Subgraph } from '../subgraphs/kit/subgraph.ts';
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
  const folderOf = (name: string) => resolve(import.meta.dirname, '../subgraphs', name);
  const missing = names.filter((name) => !existsSync(resolve(folderOf(name), 'schema.graphql')));
  const parts = await Promise.all(
    names
      .filter((name) => !missing.includes(name))
      .map(async (name) => [name, await readSubgraph(folderOf(name))] as const),
  );
  const { settings, names: demo, close } = await options.standIns;
  const { systemTimeoutMs, log } = options;
  const environment = { ...options.environment, ...settings };
  const results = await Promise.allSettled(
    parts.map(([name, each]) => openSubgraph(each, { name, environment, systemTimeoutMs, log })),
  );
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const unexpected = failures.find((failure) => !(failure instanceof StartupError));
  if (unexpected !== undefined) throw unexpected;
  const faults = [
    ...missing.map((name) => `${name}: there is no subgraphs/${name}/schema.graphql. Name what runs inside in EMBED.`),
    ...failures.flatMap((failure) => (failure as StartupError).faults),
  ];
  if (faults.length > 0) throw new StartupError(faults);
  return {
    subgraphs: new Map(opened.map((subgraph) => [subgraph.name, subgraph])),
    demo,
    async close() {
      await Promise.all(opened.map((subgraph) => subgraph.close()));
      await close();
    },
  };
}
