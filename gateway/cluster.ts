import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import type { ToPrimary, ToWorker } from './cluster-worker.ts';
import type { Config } from './config.ts';
import { type StandIns, startStandIns } from './embedded/demo.ts';
import { faultsOf } from './faults.ts';
import { isOfPeers, PeerExchange, type PeersToPrimary, type PeersToWorker } from './telemetry/peers.ts';

/** What a cluster needs. */
export interface ClusterOptions {
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/** A worker that has run this long was a good one. */
const goodMs = 60_000;
/** Between two starts in place of workers that end soon; doubled each time. */
const firstDelayMs = 500;
const longestDelayMs = 30_000;

/**
 * Several processes that each serve the whole gateway on one port. This one takes the connections and hands them to the workers in
 * turn (node:cluster's round robin), and sees nothing of what goes over them. Of 16 connections each of two workers then gets 8; a
 * listening socket that they share gave 14 and 2, one socket each (SO_REUSEPORT) draws lots, and would let another Junction take the
 * same port without a word. The price: when a worker is killed, a connection that is just being handed to it is lost. One that ends
 * by itself loses none. This process also runs the demo stand-ins, which there are once.
 */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #standIns: Promise<StandIns>;
  /** Which subgraphs' stand-ins each worker needs, by its number. */
  readonly #needs = new Map<number, readonly string[]>();
  /** The numbers of those that serve. */
  readonly #serving = new Set<number>();
  readonly #peers = new PeerExchange(() =>
    workers()
      .filter(({ id }) => this.#serving.has(id))
      .map(peerOf),
  );
  readonly #ended = Promise.withResolvers<number>();
  #phase: 'starting' | 'serving' | 'stopping' = 'starting';
  #code = 0;
  #signal: NodeJS.Signals | undefined;
  #delayMs = 0;

  /**
   * Starts one worker, which has to show that everything is right, and tells itself what isn't; then the others. Settings reach
   * them as they reached this process, by the environment.
   */
  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#standIns = startStandIns([], options.environment, options.config).then((standIns) => {
      standIns.supervise(options.log);
      return standIns;
    });
    this.#standIns.catch(() => {});
    cluster.schedulingPolicy = cluster.SCHED_RR;
    cluster.on('message', (worker, message: ToPrimary) => void this.#onMessage(worker, message));
    cluster.on('exit', (worker, code, signal) => this.#onExit(worker, code, signal));
    this.#fork();
  }

  /** The exit code, once all has ended. */
  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  /** Passes a signal on, starts nothing any more, and waits until all has ended. Rejects when a worker did not end well. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#phase = 'stopping';
    this.#signal = signal;
    for (const worker of workers()) worker.process.kill(signal);
    if (workers().length === 0) void this.#end();
    const code = await this.ended;
    if (code !== 0) throw new Error(`a worker ended with ${code}`);
  }

  #fork(): void {
    if (this.#phase === 'stopping') return;
    const started = performance.now();
    // Whichever process a demo caller reaches knows its token.
    const { demoSecret } = this.#options.config;
    const worker = cluster.fork(demoSecret && { DEMO_SECRET: demoSecret.toString('hex') });
    // One that was told something when it was just gone; that it's gone is told by its exit.
    worker.on('error', (err) => this.#options.log.warn({ worker: worker.id, err }, 'a worker could not be reached'));
    worker.once('exit', () => {
      if (performance.now() - started > goodMs) this.#delayMs = 0;
    });
  }

  async #onMessage(worker: Worker, message: ToPrimary): Promise<void> {
    if (isOfPeers<PeersToPrimary>(message)) return this.#peers.onMessage(peerOf(worker), message);
    if (message.kind === 'ready') return this.#onReady(worker);
    const { kind, id, names } = message;
    // What a worker uses until it says that it uses less.
    const before = kind === 'add' ? (this.#needs.get(worker.id) ?? []) : [];
    this.#needs.set(worker.id, [...new Set([...before, ...names])]);
    const needed = [...new Set([...this.#needs.values()].flat())];
    let answer: ToWorker;
    try {
      const standIns = await this.#standIns;
      await (kind === 'add' ? standIns.add(names) : standIns.keep(needed));
      answer = { id, names: standIns.names, settings: standIns.settings };
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      answer = { id, faults: faultsOf(error), reason };
    }
    if (worker.isConnected()) worker.send(answer);
  }

  #onReady(worker: Worker): void {
    const { config, log } = this.#options;
    this.#serving.add(worker.id);
    log.info({ worker: worker.id, pid: worker.process.pid }, 'a worker serves');
    if (this.#phase !== 'starting') return;
    this.#phase = 'serving';
    for (let more = 1; more < config.workers; more += 1) this.#fork();
  }

  #onExit(worker: Worker, code: number | null, signal: string | null): void {
    this.#needs.delete(worker.id);
    this.#serving.delete(worker.id);
    this.#peers.onExit(worker.id);
    if (this.#phase === 'starting') {
      this.#phase = 'stopping';
      this.#code = code || 1;
    }
    if (this.#phase === 'stopping') {
      // One that was still starting doesn't take signals yet, and has nothing to finish.
      this.#code ||= code ?? (signal === this.#signal ? 0 : 1);
      if (workers().length === 0) void this.#end();
      return;
    }
    const { log } = this.#options;
    log.error(
      { worker: worker.id, pid: worker.process.pid, code, signal, againInMs: this.#delayMs },
      'a worker ended unexpectedly; another one is started',
    );
    setTimeout(() => this.#fork(), this.#delayMs);
    this.#delayMs = Math.min(Math.max(this.#delayMs * 2, firstDelayMs), longestDelayMs);
  }

  async #end(): Promise<void> {
    await this.#standIns.then((standIns) => standIns.close()).catch(() => {});
    this.#ended.resolve(this.#code);
  }
}

function peerOf(worker: Worker) {
  return {
    id: worker.id,
    // One that is just gone needs no answer.
    send: (message: PeersToWorker) => void (worker.isConnected() && worker.send(message)),
  };
}

function workers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}
