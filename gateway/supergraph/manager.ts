import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { unlessAborted } from '../../subgraphs/kit/limits.ts';
import { failureOf } from '../faults.ts';
import type { PlannerProcess } from '../operations/process.ts';
import type { Supergraph } from './compose.ts';
import { composeInProcess } from './composer.ts';
import { CompositionError, CompositionTimeoutError, SupergraphFileError } from './errors.ts';
import { readSupergraphFile, type SchemaLocation, type SupergraphFile } from './file.ts';
import type { Gateway } from './gateway.ts';
import { PublishedSchemas } from './published.ts';
import { readSchema, type SignerOf, type SubgraphSchema, schemaFile } from './schema.ts';
import { stampOf } from './stamp.ts';
import { StatusKeeper, type SupergraphStatus } from './status.ts';

/** Subgraphs that run in this process, as the manager needs them. */
export interface LocalSubgraphs {
  /** The files that decide about subgraphs of these names. */
  files(names: readonly string[]): Promise<readonly string[]>;
  /**
   * Opens which of these subgraphs belong here and are new or have changed, beside those that run. Rejects with the faults of
   * all of them; then nothing was opened.
   */
  prepare(names: readonly string[]): Promise<PreparedSubgraphs>;
}

/** Subgraphs that were opened, but aren't in use yet. */
export interface PreparedSubgraphs {
  /** Those that are to be reached anew: opened, or here no longer. */
  readonly renewed: ReadonlySet<string>;
  /** They have been taken into use. */
  accept(): void;
  /** They won't be used. */
  discard(): Promise<void>;
}

/** What a manager is made of. */
export interface ManagerOptions {
  /** What runs, and the schemas that it was composed of. */
  readonly running: { readonly file: SupergraphFile; readonly supergraph: Supergraph; readonly schemas: Schemas };
  readonly gateway: Gateway;
  readonly local: LocalSubgraphs;
  /** Between two looks at the files, in milliseconds. A published schema is asked for a tenth as often. */
  readonly pollMs: number;
  /** What signs questions for published schemas. @default nothing does */
  readonly signerOf?: SignerOf;
  /** How long one look at them may take, with all that follows from it, in milliseconds. @default 30000 */
  readonly lookMs?: number;
  readonly log: Logger;
}

type Schemas = readonly SubgraphSchema[];

interface Composed {
  readonly supergraph: Supergraph;
  readonly planner?: PlannerProcess;
}

/** How many polls pass between two questions for a published schema, and before a refused change is tried again as it is. */
const longerBy = 10;

/**
 * Keeps the gateway at what the supergraph file, the schemas and the folders of its subgraphs say. It looks at them again and
 * again: notifications of file systems get lost in containers. A change is taken as a whole once nothing has changed for one
 * look; what can't be taken changes nothing.
 */
export class SupergraphManager {
  readonly #options: ManagerOptions;
  readonly #stop = new AbortController();
  readonly #published: PublishedSchemas;
  readonly #status: StatusKeeper;
  /** The file as it was last read without a fault: it says what to watch. */
  #file: SupergraphFile;
  #running: { readonly supergraph: Supergraph; readonly schemas: Schemas };
  /** How composing and loading other schemas went the last time: the same ones aren't tried again. */
  #composed: { readonly schemas: Schemas; readonly result: Supergraph | CompositionError } | undefined;
  readonly #ended: Promise<void>;

  constructor(options: ManagerOptions) {
    const { running, pollMs, signerOf = () => undefined, log } = options;
    this.#options = options;
    this.#file = running.file;
    this.#running = running;
    this.#status = new StatusKeeper(log);
    this.#published = new PublishedSchemas({
      intervalMs: pollMs * longerBy,
      settleMs: pollMs,
      signerOf: (url) => signerOf(nameOf(url, this.#file)),
      log,
    });
    const known = running.file.subgraphs.flatMap(({ schema }, i) => {
      const sdl = running.schemas[i]?.sdl;
      return schema.kind === 'url' && sdl !== undefined ? [[schema.url, sdl] as const] : [];
    });
    this.#published.watch(urlsOf(running.file), new Map(known));
    this.#ended = this.#poll();
  }

  /** Whether what runs is what files and subgraphs say. */
  get status(): SupergraphStatus {
    return this.#status.status;
  }

  /** Changes nothing any more: what is being looked at is given up. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#published.close();
    await this.#ended;
  }

  async #poll(): Promise<void> {
    const { pollMs } = this.#options;
    let last: string | undefined;
    let tried: string | undefined;
    let sinceTried = 0;
    while (await delay(pollMs, true, { signal: this.#stop.signal }).catch(() => false)) {
      const now = await this.#within(() => this.#stamp()).catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#status.outdated(error);
        return undefined;
      });
      const settled = now === last;
      last = now;
      sinceTried += 1;
      // A system that contradicts its mapping may have been mended, and no file tells.
      const again = this.#status.phase === 'outdated' && sinceTried >= longerBy;
      if (!settled || (now === tried && !again)) continue;
      // What it finds may widen what is watched; then the next stamp differs, and it looks once more.
      if (!(await this.#look())) continue;
      tried = now;
      sinceTried = 0;
    }
  }

  async #stamp(): Promise<string> {
    const { path, subgraphs } = this.#file;
    const files = subgraphs.flatMap(({ schema }) => (schema.kind === 'file' ? [schema.resolved] : []));
    const local = await this.#options.local.files(subgraphs.map(({ name }) => name));
    return [...(await Promise.all([path, ...files, ...local].map(stampOf))), this.#published.stamp()].join('\n');
  }

  /** Takes what there is now into use. False when that isn't known yet, because a new subgraph was only just asked. */
  async #look(): Promise<boolean> {
    try {
      return await this.#within(async (signal) => {
        const file = await readSupergraphFile(this.#file.path);
        signal.throwIfAborted();
        this.#file = file;
        this.#published.watch(urlsOf(file));
        if (!this.#published.settled()) return false;
        this.#status.current(await this.#apply(file, signal));
        return true;
      });
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#status.outdated(error);
      return true;
    }
  }

  /** Runs something that is given up when time is up or nobody waits for it: what hangs must end neither the looking nor a stop. */
  async #within<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { lookMs = 30_000 } = this.#options;
    const timeout = AbortSignal.timeout(lookMs);
    const signal = AbortSignal.any([this.#stop.signal, timeout]);
    return unlessAborted(run(signal), signal).catch((error: unknown) => {
      if (error !== timeout.reason) throw error;
      const { path } = this.#file;
      throw new SupergraphFileError([
        `${path}: taking up what it says took longer than ${lookMs} ms and was given up. It is tried again.`,
      ]);
    });
  }

  /** Whether there was something to change. Rejects with everything that speaks against it; then nothing has changed. */
  async #apply({ subgraphs }: SupergraphFile, signal: AbortSignal): Promise<boolean> {
    const { gateway, local } = this.#options;
    const schemas = await Promise.all(subgraphs.map((entry) => readSchema(entry, (schema) => this.#read(schema))));
    const composing = this.#compose(schemas, signal);
    const [composed, preparing] = await Promise.allSettled([composing, local.prepare(schemas.map(({ name }) => name))]);
    const prepared = preparing.status === 'fulfilled' ? preparing.value : undefined;
    const planner = composed.status === 'fulfilled' ? composed.value.planner : undefined;
    try {
      if (composed.status === 'rejected' || !prepared) throw failureOf([composed, preparing]);
      signal.throwIfAborted();
      const { supergraph } = composed.value;
      const { renewed } = prepared;
      if (supergraph === this.#running.supergraph && renewed.size === 0) return false;
      const updating = gateway.update(supergraph, { renewed, planner, signal });
      await updating.catch((error: unknown) => this.#refuse(schemas, error));
      prepared.accept();
      this.#log(supergraph, renewed);
      this.#running = { supergraph, schemas };
      return true;
    } catch (error) {
      await Promise.all([prepared?.discard(), planner?.end()]);
      throw error;
    }
  }

  #read(schema: SchemaLocation): Promise<string> {
    return schema.kind === 'file' ? schemaFile(schema.resolved) : this.#published.read(schema.url);
  }

  /** The supergraph of these schemas, and the process that has composed it, where that was now. */
  async #compose(schemas: Schemas, signal: AbortSignal): Promise<Composed> {
    if (isDeepStrictEqual(schemas, this.#running.schemas)) return { supergraph: this.#running.supergraph };
    if (isDeepStrictEqual(schemas, this.#composed?.schemas)) {
      const result = this.#composed?.result;
      if (!result || result instanceof CompositionError) throw result;
      return { supergraph: result };
    }
    const planner = this.#options.gateway.planner();
    const composing = composeInProcess(planner, schemas, { signal });
    const supergraph = await composing.catch((error: unknown) => this.#refuse(schemas, error));
    this.#composed = { schemas, result: supergraph };
    return { supergraph, planner };
  }

  #refuse(schemas: Schemas, error: unknown): never {
    const lasting = error instanceof CompositionError && !(error instanceof CompositionTimeoutError);
    if (lasting) this.#composed = { schemas, result: error };
    throw error;
  }

  #log(supergraph: Supergraph, renewed: ReadonlySet<string>): void {
    const namesOf = ({ subgraphs }: Supergraph) => subgraphs.map(({ name }) => name);
    const [before, now] = [namesOf(this.#running.supergraph), namesOf(supergraph)];
    const joined = now.filter((name) => !before.includes(name));
    const left = before.filter((name) => !now.includes(name));
    const reopened = [...renewed].filter((name) => before.includes(name) && now.includes(name));
    this.#options.log.info({ subgraphs: now, joined, left, reopened }, 'the supergraph has changed');
  }
}

function nameOf(url: string, { subgraphs }: SupergraphFile): string {
  return subgraphs.find(({ schema }) => schema.kind === 'url' && schema.url === url)?.name ?? '';
}

function urlsOf({ subgraphs }: SupergraphFile): string[] {
  return subgraphs.flatMap(({ schema }) => (schema.kind === 'url' ? [schema.url] : []));
}
