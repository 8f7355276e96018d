import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Logger } from 'pino';
import { StartupError } from '../../subgraphs/kit/errors.ts';
import { unlessAborted } from '../../subgraphs/kit/limits.ts';
import { LoadError } from '../../subgraphs/kit/load.ts';
import type { Subgraph, SubgraphLog, SubgraphParts } from '../../subgraphs/kit/subgraph.ts';
import type { SystemObserver } from '../../subgraphs/kit/telemetry/observer.ts';
import { failureOf } from '../faults.ts';
import type { LocalSubgraphs, PreparedSubgraphs } from '../supergraph/manager.ts';
import type { StandIns } from './demo.ts';
import { filesOf, folderOf } from './folders.ts';
import { handVersionOn } from './fresh-modules.ts';
import { OpeningLog } from './opening-log.ts';
import { tryModules } from './trial.ts';

/** What embedding needs beside the names. */
export interface EmbedOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Their settings complete the environment; closing what was embedded closes them too. */
  readonly standIns: Promise<StandIns>;
  readonly systemTimeoutMs: number;
  readonly log: Logger;
  /** Counts the calls to their systems. @default nobody does */
  readonly observer?: Promise<SystemObserver | undefined>;
  /** Whether a subgraph that joins later runs here too. @default none does */
  readonly belongs?: (name: string) => boolean;
  /** Where the subgraphs' folders are. @default `subgraphs/` of this checkout */
  readonly folder?: string;
  /** How long loading a subgraph's modules may take, and as long again connecting to its system, in milliseconds. @default 10000 */
  readonly openLimitMs?: number;
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
  readonly #log: OpeningLog;

  constructor(options: EmbedOptions) {
    this.#options = options;
    this.#log = new OpeningLog(options.log);
  }

  /** The subgraph that answers for this name, if one here does. */
  get(name: string): Subgraph | undefined {
    return (this.#next ?? this.#inUse).get(name)?.subgraph;
  }

  /** Those that stand on a demo system. */
  get demo(): readonly string[] {
    return this.#standIns?.names ?? [];
  }

  async files(names: readonly string[]): Promise<readonly string[]> {
    // Also of those that don't belong here yet: a folder may come later.
    const watched = this.#options.belongs ? names : [];
    return (await Promise.all(watched.map((name) => filesOf(this.#folderOf(name))))).flat();
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
      if (this.#next === next) this.#next = undefined;
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
        this.#log.forget(both);
        this.#standIns
          ?.keep(names)
          .catch((err: unknown) => this.#options.log.error({ err }, 'demo systems did not stop'));
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
    const { systemTimeoutMs, openLimitMs = 10_000 } = this.#options;
    // The first time, modules are read without a version, as any other part of the program reads them.
    const again = this.#standIns !== undefined;
    const version = await versionOf(this.#folderOf(name));
    const before = this.#inUse.get(name);
    if (before?.version === version) return before;
    const log = this.#log.attempt(name);
    const { openSubgraph } = await importing();
    const parts = await limited(name, openLimitMs, this.#read(name, again ? version : undefined, log));
    const environment = { ...this.#options.environment, ...(await standIns).settings };
    const observer = await this.#options.observer;
    const opening = openSubgraph(parts, { name, environment, systemTimeoutMs, log, observer });
    const subgraph = await limited(name, openLimitMs + systemTimeoutMs, opening).catch((error: unknown) => {
      // One that was given up may open all the same.
      opening.then(
        (late) => late.close(),
        () => {},
      );
      throw error;
    });
    log.opened();
    return { version, subgraph };
  }

  /** While requests are served, modules are tried elsewhere first, and their own words stay in the log. */
  async #read(name: string, version: string | undefined, log: SubgraphLog): Promise<SubgraphParts> {
    const folder = this.#folderOf(name);
    const { readSubgraph } = await importing();
    try {
      if (version === undefined) return await readSubgraph(folder);
      await tryModules(folder, this.#options.openLimitMs ?? 10_000);
      handVersionOn(folder, version);
      return await readSubgraph(folder, version);
    } catch (error) {
      if (!(error instanceof StartupError)) throw error;
      const wordless = version !== undefined && error instanceof LoadError;
      if (wordless) log.error({ subgraph: name, err: error.cause, faults: error.faults }, 'a module does not load');
      const faults = wordless ? [error.wordless] : error.faults;
      throw new StartupError(faults.map((fault) => `${name}: ${fault}`));
    }
  }

  #folderOf(name: string): string {
    return folderOf(name, this.#options.folder);
  }
}

/** What reads and opens subgraphs; a gateway in whose process none runs has no use for it, nor for GraphQL's own package. */
function importing() {
  return import('../../subgraphs/kit/subgraph.ts');
}

/** What opening gives, unless it takes too long: a StartupError then. */
async function limited<T>(name: string, limitMs: number, opening: Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(limitMs);
  return unlessAborted(opening, timeout).catch((error: unknown) => {
    if (error !== timeout.reason) throw error;
    throw new StartupError([`${name}: backend.ts: opening it takes longer than ${limitMs} ms.`]);
  });
}

/** A digest of a folder and of the files that decide what its subgraph is. */
async function versionOf(folder: string): Promise<string> {
  const digest = createHash('sha256').update(folder);
  for (const path of await filesOf(folder)) digest.update(`\0${relative(folder, path)}\0`).update(await readFile(path));
  return digest.digest('hex').slice(0, 16);
}
