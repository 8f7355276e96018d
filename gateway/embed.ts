import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { StartupError } from '../subgraphs/kit/errors.ts';
import { openSubgraph, readSubgraph, type Subgraph, type SubgraphParts } from '../subgraphs/kit/subgraph.ts';
import type { StandIns } from './demo.ts';
import { failureOf } from './faults.ts';
import { folderOf } from './folders.ts';
import { handVersionsOn } from './fresh-modules.ts';
import type { LocalSubgraphs, PreparedSubgraphs } from './supergraph/manager.ts';

/** What embedding needs beside the names. */
export interface EmbedOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Their settings complete the environment; closing what was embedded closes them too. */
  readonly standIns: Promise<StandIns>;
  readonly systemTimeoutMs: number;
  readonly log: Logger;
  /** Whether a subgraph that joins later runs here too. @default none does */
  readonly belongs?: (name: string) => boolean;
  /** Where the subgraphs' folders are. @default `subgraphs/` of this checkout */
  readonly folder?: string;
}

/** A subgraph, and which state of its files it was made of. */
interface Opened {
  readonly version: string;
  readonly subgraph: Subgraph;
}

/** Opens subgraphs by name, each from its folder. Errors: StartupError with the faults of all of them. */
export async function openEmbedded(names: readonly string[], options: EmbedOptions): Promise<Embedded> {
  const embedded = new Embedded(options);
  (await embedded.open(names)).accept();
  return embedded;
}

/** Subgraphs that run in this process. Each is closed by whom it was given to; the stand-ins here. */
export class Embedded implements LocalSubgraphs {
  readonly #options: EmbedOptions;
  #inUse: ReadonlyMap<string, Opened> = new Map();
  /** What is to be in use next, while it is being taken into use. */
  #next: ReadonlyMap<string, Opened> | undefined;
  #standIns: StandIns | undefined;

  constructor(options: EmbedOptions) {
    this.#options = options;
  }

  /** The subgraph that answers for this name, if one here does. */
  get(name: string): Subgraph | undefined {
    return (this.#next ?? this.#inUse).get(name)?.subgraph;
  }

  /** Those that stand on a demo system. */
  get demo(): readonly string[] {
    return this.#standIns?.names ?? [];
  }

  folders(names: readonly string[]): readonly string[] {
    // Also of those that don't belong here yet: a folder may come later.
    return this.#options.belongs ? names.map((name) => this.#folderOf(name)) : [];
  }

  prepare(names: readonly string[]): Promise<PreparedSubgraphs> {
    // One that runs here stays until supergraph.yaml doesn't name it: a folder that is gone is a fault, not a move.
    return this.open(names.filter((name) => this.#inUse.has(name) || this.#options.belongs?.(name)));
  }

  /** Opens which of these are new or have changed; what runs here and isn't named is to leave. Errors: StartupError. */
  async open(names: readonly string[]): Promise<PreparedSubgraphs> {
    const inUse = this.#inUse;
    const standIns = this.#standInsFor(names);
    const opening = names.map((name) => this.#openOne(name, standIns));
    const [started, ...results] = await Promise.allSettled([standIns, ...opening]);
    const next = new Map(
      results.flatMap((result) => (result.status === 'fulfilled' ? [[result.value.subgraph.name, result.value]] : [])),
    );
    const discard = async () => {
      this.#next = undefined;
      const unused = [...next].filter(([name, opened]) => inUse.get(name) !== opened);
      await Promise.all(unused.map(([, { subgraph }]) => subgraph.close()));
    };
    if (next.size < names.length || started.status === 'rejected') {
      await discard();
      throw failureOf([started, ...results]);
    }
    const both = new Set([...next.keys(), ...inUse.keys()]);
    this.#next = next;
    return {
      renewed: new Set([...both].filter((name) => next.get(name) !== inUse.get(name))),
      accept: () => {
        this.#inUse = next;
        this.#next = undefined;
      },
      discard,
    };
  }

  /** Stops the stand-ins. */
  async close(): Promise<void> {
    await this.#standIns?.close();
  }

  async #standInsFor(names: readonly string[]): Promise<StandIns> {
    const standIns = await this.#options.standIns;
    if (this.#standIns) await standIns.add(names);
    else standIns.supervise(this.#options.log);
    this.#standIns = standIns;
    return standIns;
  }

  /** Reads the files while stand-ins start, which takes them longer. */
  async #openOne(name: string, standIns: Promise<StandIns>): Promise<Opened> {
    const { log, systemTimeoutMs } = this.#options;
    // The first time, modules are read without a version, as any other part of the program reads them.
    const again = this.#standIns !== undefined;
    const version = await versionOf(this.#folderOf(name));
    const before = this.#inUse.get(name);
    if (before?.version === version) return before;
    const parts = await this.#read(name, again ? version : undefined);
    const environment = { ...this.#options.environment, ...(await standIns).settings };
    return { version, subgraph: await openSubgraph(parts, { name, environment, systemTimeoutMs, log }) };
  }

  async #read(name: string, version: string | undefined): Promise<SubgraphParts> {
    const folder = this.#folderOf(name);
    if (!existsSync(join(folder, 'schema.graphql'))) {
      throw new StartupError([
        `${name}: there is no subgraphs/${name}/schema.graphql. A subgraph that runs elsewhere has no folder here, or is left out of EMBED.`,
      ]);
    }
    handVersionsOn();
    return readSubgraph(folder, version).catch((error: unknown) => {
      if (!(error instanceof StartupError)) throw error;
      throw new StartupError(error.faults.map((fault) => `${name}: ${fault}`));
    });
  }

  #folderOf(name: string): string {
    return folderOf(name, this.#options.folder);
  }
}

/** A digest of the files that decide what a subgraph is: the contract, and the code beside it. */
async function versionOf(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(ts|graphql)$/.test(name)).sort();
  const digest = createHash('sha256');
  for (const name of names) digest.update(`${name}\0`).update(await readFile(join(folder, name)));
  return digest.digest('hex').slice(0, 16);
}
