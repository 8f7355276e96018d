import { resolve } from 'node:path';
import { Contestant, type ContestantName, type StartOptions } from './contestants.ts';
import type { LoadCalls, Run, RunResult } from './load.ts';
import type { Options } from './options.ts';
import { Helper } from './process.ts';
import type { Subgraphs } from './subgraphs.ts';
import { type ClientRequest, type WorkloadName, wholeWorkload, workloads } from './workloads.ts';

/** A part's figures, as JSON and as text. */
export interface Part {
  readonly text: string;
  readonly figures: unknown;
}

/** One measurement: what the clients saw, and what it took of the subgraphs. */
export interface Measured extends RunResult {
  /** Requests to subgraphs per request of a client. */
  readonly fetches: number;
  /** How many of their answers had not been asked for before, and so took the subgraphs more time. */
  readonly computed: number;
}

/** What all parts work with. */
export class Bench {
  readonly options: Options;
  readonly subgraphs: Subgraphs;
  readonly folder: string;
  readonly #hive: string | undefined;
  readonly #load: Helper<LoadCalls>;
  /** What was wrong, in any part: a wrong answer, or none. */
  readonly faults: string[] = [];

  private constructor(options: Options, subgraphs: Subgraphs, folder: string, hive: string | undefined) {
    this.options = options;
    this.subgraphs = subgraphs;
    this.folder = folder;
    this.#hive = hive;
    this.#load = new Helper<LoadCalls>(resolve(import.meta.dirname, 'load.ts'));
  }

  static async create(
    options: Options,
    subgraphs: Subgraphs,
    folder: string,
    hive: string | undefined,
  ): Promise<Bench> {
    const bench = new Bench(options, subgraphs, folder, hive);
    await bench.#load.call('load', subgraphs.supergraph);
    return bench;
  }

  /** Those of these contestants that are asked for and can run here. */
  among(...names: readonly ContestantName[]): ContestantName[] {
    const { against } = this.options;
    const wanted = names.filter((name) => name === 'junction' || against.length === 0 || against.includes(name));
    return wanted.filter((name) => name !== 'hive' || this.#hive !== undefined);
  }

  start(name: ContestantName, more: Partial<StartOptions> = {}): Promise<Contestant> {
    const { subgraphs, folder } = this;
    const hive = this.#hive;
    return Contestant.start(name, {
      subgraphs,
      folder,
      checkout: this.options.checkout,
      ...(hive && { hive }),
      ...more,
    });
  }

  async stop(contestant: Contestant): Promise<void> {
    await contestant.stop();
    await this.#load.call('forget', { url: contestant.url, contestant: contestant.name });
  }

  /** Asks each different request once, checks its data, and keeps the contestant busy until it is warm: `times` the usual time. */
  async warmUp(contestant: Contestant, workload: Run['workload'], connections = 16, times = 1): Promise<void> {
    await this.run(contestant, workload, { connections: 8, requests: this.#different(workload) });
    await this.run(contestant, workload, { connections, seconds: this.options.warmUp * times });
  }

  /** How many different requests are asked. */
  #different(workload: Run['workload']): number {
    const { count } = workload === 'whole' ? wholeWorkload : workloads[workload];
    return workload === 'operations' ? count : Math.min(count, this.options.different);
  }

  /** Works out the right answers ahead of a run that must not wait for that. */
  prepare(workload: WorkloadName, from: number, count: number): Promise<void> {
    return this.#load.call('prepare', { workload, from, count });
  }

  /** Says what the workload of the whole is, and what its right answers are. */
  define(requests: readonly ClientRequest[], answers: readonly unknown[]): Promise<void> {
    return this.#load.call('define', { requests, answers });
  }

  /** One measurement. Its faults are kept. `callsOf` says how many fetches there have been, where not from the bench's subgraphs. */
  async run(
    { name, url, pid, manner }: Contestant,
    workload: Run['workload'],
    order: Omit<Run, 'contestant' | 'url' | 'workload' | 'pid' | 'manner'>,
    callsOf?: () => Promise<number>,
  ): Promise<Measured> {
    const countsNow = async () => {
      const counts = await this.subgraphs.process.call('counts', undefined);
      return callsOf ? { ...counts, requests: await callsOf() } : counts;
    };
    const before = await countsNow();
    const result = await this.#load.call('run', {
      contestant: name,
      url,
      pid,
      manner,
      workload,
      count: this.#different(workload),
      ...order,
    });
    const after = await countsNow();
    if (result.wrong > 0) {
      this.faults.push(
        `${name}, ${workload}: ${result.wrong} of ${result.requests} answers wrong; ${result.samples[0]}`,
      );
    }
    const fetches = (after.requests - before.requests) / (result.requests + result.before);
    return { ...result, fetches, computed: after.computed - before.computed };
  }
}
