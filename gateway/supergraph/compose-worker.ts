import { parentPort, workerData } from 'node:worker_threads';
import { compose, type Supergraph } from './compose.ts';
import { CompositionError } from './errors.ts';
import type { SubgraphSchema } from './schema.ts';

// The thread that `composer.ts` starts: composes what it was given, answers once, and ends.

/** What the thread answers. Errors lose their class on the way: what a person can mend travels as text. */
export type Composed = { readonly supergraph: Supergraph } | { readonly faults: readonly string[] };

parentPort?.postMessage(answer(workerData as readonly SubgraphSchema[]));

function answer(schemas: readonly SubgraphSchema[]): Composed {
  try {
    return { supergraph: compose(schemas) };
  } catch (error) {
    if (!(error instanceof CompositionError)) throw error;
    return { faults: error.faults };
  }
}
