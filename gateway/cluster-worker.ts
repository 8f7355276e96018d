import cluster from 'node:cluster';
import { ConfigError } from './config.ts';
import type { StandIns } from './embedded/demo.ts';
import { Peers, type PeersToPrimary } from './telemetry/peers.ts';

// A worker's side of `cluster.ts`.

/** What a worker tells the primary process. */
export type ToPrimary =
  | PeersToPrimary
  | { readonly kind: 'ready' }
  /** Stand-ins to start for these subgraphs, or the only ones that it still needs. The answer has the same id. */
  | { readonly kind: 'add' | 'keep'; readonly id: number; readonly names: readonly string[] };

/** What the primary process answers. */
export type ToWorker =
  | { readonly id: number; readonly names: readonly string[]; readonly settings: StandIns['settings'] }
  | { readonly id: number; readonly faults: readonly string[] | undefined; readonly reason: string };

/** This process's number among the workers, from 1; undefined where there are none. Numbers aren't used again. */
export const workerNumber: number | undefined = cluster.worker?.id;

/** The way to the other workers, `workers` of them with this one; undefined where there are none. */
export function openPeers(workers: number): Peers | undefined {
  if (workerNumber === undefined) return undefined;
  const onMessage = (listener: (message: unknown) => void) => void process.on('message', listener);
  return new Peers({ send: (message) => tell(message), onMessage }, workers - 1);
}

/** Tells the primary process that this worker serves. */
export function tellReady(): void {
  if (workerNumber !== undefined) tell({ kind: 'ready' });
}

/** The stand-ins that the primary process runs for all workers. Errors: as of `startStandIns`. */
export async function sharedStandIns(subgraphs: readonly string[]): Promise<StandIns> {
  const waiting = new Map<number, (answer: ToWorker) => void>();
  let asked = 0;
  let names: readonly string[] = [];
  let settings: StandIns['settings'] = {};
  process.on('message', (answer: ToWorker) => waiting.get(answer.id)?.(answer));

  async function ask(kind: 'add' | 'keep', wanted: readonly string[]): Promise<void> {
    asked += 1;
    const id = asked;
    tell({ kind, id, names: wanted });
    const answer = await new Promise<ToWorker>((resolve) => waiting.set(id, resolve));
    waiting.delete(id);
    if (!('settings' in answer)) throw answer.faults ? new ConfigError(answer.faults) : new Error(answer.reason);
    ({ names, settings } = answer);
  }

  await ask('add', subgraphs);
  return {
    get names() {
      return names;
    },
    get settings() {
      return settings;
    },
    add: (wanted) => ask('add', wanted),
    keep: (wanted) => ask('keep', wanted),
    supervise() {},
    async close() {},
  };
}

function tell(message: ToPrimary): void {
  process.send?.(message);
}
