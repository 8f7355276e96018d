import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StandInOptions, StartStandIn } from '../../subgraphs/demo/stand-in.ts';
import { answerCalls } from './process.ts';

// Stand-ins of the demo company, without the limit that its CRM puts on clients, and counting what reaches them.

let count = 0;

const calls = {
  /** Starts some of a checkout's, and says where they are: environment variables. */
  async start({ checkout, names, folder }: { checkout: string; names: readonly string[]; folder: string }) {
    const settings: Record<string, string> = {};
    for (const name of names) {
      const system = pathToFileURL(join(checkout, 'subgraphs', name, 'demo/system.ts')).href;
      const { start } = (await import(system)) as { start: StartStandIn };
      const options: StandInOptions & { rateLimit: number } = {
        folder,
        rateLimit: Number.POSITIVE_INFINITY,
        onCall: () => {
          count += 1;
        },
      };
      Object.assign(settings, (await start(options)).settings);
    }
    return settings;
  },
  /** How many calls came until now. */
  count: (_: undefined): number => count,
};

export type StandInCalls = typeof calls;

answerCalls(calls);
