import type { Redis } from '../redis.ts';
import type { SubgraphLog } from '../subgraph.ts';
import type { Nonces, Receipt } from './nonces.ts';

/**
 * The memory that replicas share, in Redis.
 *
 * Decision: while Redis is gone or hangs, each replica goes by its own memory, which it also fills while Redis is there. To refuse
 * everything instead would make Redis a part without which nobody reads anything. What is given up, for as long as it lasts: whoever
 * has recorded a signed request within the network can send it once more within its window, to a replica that didn't receive it. They
 * learn what they could have recorded as the answer.
 */
export class SharedNonces implements Nonces {
  readonly #redis: Pick<Redis, 'send'>;
  readonly #own: Nonces;
  readonly #log: SubgraphLog;
  #alone = false;

  /** @param own this process's memory */
  constructor(redis: Pick<Redis, 'send'>, own: Nonces, log: SubgraphLog) {
    this.#redis = redis;
    this.#own = own;
    this.#log = log;
  }

  async add(nonce: string, ms: number): Promise<Receipt> {
    const here = await this.#own.add(nonce, ms);
    if (here !== 'first') return here;
    try {
      const reply = await this.#redis.send([
        'SET',
        `junction:nonce:${nonce}`,
        '',
        'NX',
        'PX',
        String(Math.max(1, Math.ceil(ms))),
      ]);
      if (this.#alone) this.#log.info({}, 'replicas share again which requests they received');
      this.#alone = false;
      return reply === null ? 'again' : 'first';
    } catch (err) {
      if (!this.#alone)
        this.#log.warn({ err }, 'which requests other replicas received is not known: Redis is of no use');
      this.#alone = true;
      return 'first';
    }
  }
}
