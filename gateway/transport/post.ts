import type { Dispatcher } from 'undici';
import type { Signer } from '../../subgraphs/kit/trust/signer.ts';
import type { FetchCaller } from './caller.ts';
import type { Outgoing } from './exchange.ts';

/** What a POST is made of. */
interface Parts {
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
  /** Those that are the same whoever asks, names and values in turn. */
  readonly headers: readonly string[];
  readonly caller: FetchCaller | undefined;
  readonly body: string;
  readonly signer: Signer | undefined;
}

/** A POST to a subgraph, signed anew each time that it is sent. */
export class Post implements Outgoing {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  options(): Dispatcher.DispatchOptions {
    const { path, query, headers, caller, body, signer } = this.#parts;
    const token = caller?.token();
    const ofCaller =
      token === undefined
        ? (caller?.headers ?? none)
        : ['authorization', `Bearer ${token}`, ...(caller?.headers ?? none)];
    const signed = signer?.sign({ method: 'POST', path, query, body, headers: ofCaller }) ?? none;
    return { method: 'POST', path: path + query, headers: [...headers, ...ofCaller, ...signed], body };
  }
}

const none: readonly string[] = [];
