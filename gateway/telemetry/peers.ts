import { KeptCounts } from './kept-counts.ts';
import type { MetricValues } from './metrics-text.ts';

// With several workers each counts for itself, and whoever asks reaches one of them: that one asks the others, through the primary process,
// which alone has a channel to each.

/** What workers tell each other. */
export type Topic = 'metrics' | 'hour';

/** What a worker tells the primary process. `peers` tells these messages from all others. */
export type PeersToPrimary =
  /** `own`: what it would itself be told, for those that ask when it's gone. */
  | { readonly peers: 'ask'; readonly ask: number; readonly topic: Topic; readonly own?: unknown }
  /** `value` is undefined where it could not be told. */
  | { readonly peers: 'told'; readonly round: number; readonly value?: unknown };

/** What the primary process tells a worker. */
export type PeersToWorker =
  | { readonly peers: 'tell'; readonly round: number; readonly topic: Topic }
  | ({ readonly peers: 'answers'; readonly ask: number } & PeersAnswer);

/** What the others said. */
export interface PeersAnswer {
  readonly answers: readonly unknown[];
  /** How many did not answer in time. */
  readonly missing: number;
  /** Of metrics: what those have counted that did not answer, and those that have ended, as far as they told it before. */
  readonly kept: readonly unknown[];
}

/** A worker's end of its channel to the primary process, by which other things go too. */
export interface Channel {
  send(message: PeersToPrimary): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** How long the primary process waits for the workers, in milliseconds. */
const deadlineMs = 1_000;
/** How long a worker waits for the primary process. */
const primaryDeadlineMs = 1_500;

/** A worker's side. */
export class Peers {
  readonly #channel: Channel;
  readonly #others: number;
  readonly #waiting = new Map<number, (answer: PeersAnswer) => void>();
  readonly #topics = new Map<Topic, () => unknown>();
  #asked = 0;

  /** @param others how many other workers there should be */
  constructor(channel: Channel, others: number) {
    this.#channel = channel;
    this.#others = others;
    channel.onMessage((message) => void this.#onMessage(message));
  }

  /** From now on others are told this when they ask. It has to survive JSON. */
  tell(topic: Topic, value: () => unknown): void {
    this.#topics.set(topic, value);
  }

  /**
   * What all others say of a topic. Never rejects: who doesn't answer within a second is missing.
   *
   * @param own what this one says of it itself, where it is kept
   */
  ask(topic: Topic, own?: unknown): Promise<PeersAnswer> {
    this.#asked += 1;
    const ask = this.#asked;
    const { promise, resolve } = Promise.withResolvers<PeersAnswer>();
    const timer = setTimeout(resolve, primaryDeadlineMs, { answers: [], missing: this.#others, kept: [] });
    this.#waiting.set(ask, resolve);
    this.#channel.send({ peers: 'ask', ask, topic, own } satisfies PeersToPrimary);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(ask);
    });
  }

  async #onMessage(message: unknown): Promise<void> {
    if (!isOfPeers<PeersToWorker>(message)) return;
    if (message.peers === 'answers') {
      const { ask, answers, missing, kept } = message;
      this.#waiting.get(ask)?.({ answers, missing, kept });
      return;
    }
    const { round, topic } = message;
    // What can't be told is missing at whoever asked.
    const value = await Promise.resolve()
      .then(() => this.#topics.get(topic)?.())
      .catch(() => undefined);
    this.#channel.send({ peers: 'told', round, value } satisfies PeersToPrimary);
  }
}

/** Whom the primary process sends something to. */
export interface PeerWorker {
  readonly id: number;
  send(message: PeersToWorker): void;
}

interface Round {
  readonly asker: PeerWorker;
  readonly ask: number;
  readonly topic: Topic;
  readonly answers: unknown[];
  readonly waiting: Set<number>;
  /** Who could not tell it. */
  readonly silent: number[];
  readonly timer: NodeJS.Timeout;
}

/** The primary process's side: hands on questions, collects answers, and keeps what was counted by who can't tell it any more. */
export class PeerExchange {
  readonly #workers: () => readonly PeerWorker[];
  readonly #deadlineMs: number;
  readonly #rounds = new Map<number, Round>();
  readonly #counts = new KeptCounts();
  #begun = 0;

  /** @param workers those that serve */
  constructor(workers: () => readonly PeerWorker[], ms = deadlineMs) {
    this.#workers = workers;
    this.#deadlineMs = ms;
  }

  onMessage(from: PeerWorker, message: PeersToPrimary): void {
    if (message.peers === 'ask') {
      if (message.topic === 'metrics') this.#keep(from.id, message.own);
      this.#ask(from, message.ask, message.topic);
    } else this.#told(from.id, message.round, message.value);
  }

  #keep(id: number, value: unknown): void {
    if (Array.isArray(value)) this.#counts.told(id, value as MetricValues);
  }

  /** A worker that has ended answers no more. */
  onExit(id: number): void {
    this.#counts.ended(id);
    for (const number of this.#rounds.keys()) this.#told(id, number, undefined);
  }

  #ask(asker: PeerWorker, ask: number, topic: Topic): void {
    this.#begun += 1;
    const round = this.#begun;
    const others = this.#workers().filter(({ id }) => id !== asker.id);
    const waiting = new Set(others.map(({ id }) => id));
    const timer = setTimeout(() => this.#end(round), this.#deadlineMs);
    this.#rounds.set(round, { asker, ask, topic, answers: [], waiting, silent: [], timer });
    for (const other of others) other.send({ peers: 'tell', round, topic });
    if (others.length === 0) this.#end(round);
  }

  #told(id: number, number: number, value: unknown): void {
    const round = this.#rounds.get(number);
    if (!round?.waiting.delete(id)) return;
    if (value === undefined) round.silent.push(id);
    else round.answers.push(value);
    if (round.topic === 'metrics') this.#keep(id, value);
    if (round.waiting.size === 0) this.#end(number);
  }

  #end(number: number): void {
    const round = this.#rounds.get(number);
    if (!round) return;
    clearTimeout(round.timer);
    this.#rounds.delete(number);
    const { asker, ask, topic, answers, silent, waiting } = round;
    const missing = [...silent, ...waiting];
    const kept = topic === 'metrics' ? this.#counts.missing(missing) : [];
    asker.send({ peers: 'answers', ask, answers, missing: missing.length, kept });
  }
}

/** Whether a message is one of these. */
export function isOfPeers<T extends PeersToPrimary | PeersToWorker>(message: unknown): message is T {
  return typeof message === 'object' && message !== null && 'peers' in message;
}
