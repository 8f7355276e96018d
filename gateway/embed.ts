import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { StartupError } from '../subgraphs/kit/errors.ts';
import { openSubgraph, readSubgraph, type Subgraph } from '../subgraphs/kit/subgraph.ts';
import type { Config } from './config.ts';
import { hasStandIn, type StandIns, startStandIns } from './demo.ts';

/** Subgraphs that run in this process. */
export interface Embedded {
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  /** Those that stand on a demo system, since none of their own settings is given. */
  readonly demo: readonly string[];
  close(): Promise<void>;
}

/** What embedding needs beside the names. */
export interface EmbedOptions {
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/**
 * Opens subgraphs by name, each from its folder in `subgraphs/`. One without any of its settings gets the stand-in of its
 * folder. Errors: StartupError with the faults of all of them.
 */
export async function openEmbedded(
  names: readonly string[],
  { config, environment, log }: EmbedOptions,
): Promise<Embedded> {
  const folders = new Map(names.map((name) => [name, resolve(import.meta.dirname, '../subgraphs', name)]));
  const missing = names.filter((name) => !existsSync(resolve(folders.get(name) ?? '', 'schema.graphql')));
  if (missing.length > 0) {
    throw new StartupError(
      missing.map(
        (name) =>
          `${name}: no folder subgraphs/${name} with a schema.graphql. Leave it out of EMBED to reach it by its routing_url.`,
      ),
    );
  }
  const parts = await Promise.all(
    [...folders].map(async ([name, folder]) => ({ name, folder, parts: await readSubgraph(folder) })),
  );
  const demo = parts.filter(
    ({ folder, parts: { backend } }) =>
      hasStandIn(folder) && backend.settings.every(({ variable }) => !environment[variable]),
  );
  const opened: Subgraph[] = [];
  let standIns: StandIns | undefined;
  const close = async () => {
    await Promise.all(opened.map((subgraph) => subgraph.close()));
    await standIns?.close();
  };
  try {
    if (demo.length > 0)
      standIns = await startStandIns(
        demo.map(({ folder }) => folder),
        config,
      );
    const options = {
      environment: { ...environment, ...standIns?.settings },
      log,
      systemTimeoutMs: config.systemTimeoutMs,
    };
    const results = await Promise.allSettled(
      parts.map((each) => openSubgraph(each.parts, { name: each.name, ...options })),
    );
    const failures: unknown[] = [];
    for (const result of results) {
      if (result.status === 'fulfilled') opened.push(result.value);
      else failures.push(result.reason);
    }
    const unexpected = failures.find((failure) => !(failure instanceof StartupError));
    if (unexpected !== undefined) throw unexpected;
    const faults = failures.flatMap((failure) => (failure as StartupError).faults);
    if (faults.length > 0) throw new StartupError(faults);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    subgraphs: new Map(opened.map((subgraph) => [subgraph.name, subgraph])),
    demo: demo.map(({ name }) => name),
    close,
  };
}
