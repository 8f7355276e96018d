import type { FetchCall, SubgraphRequest, SubgraphResponse, SystemHealth, Transport } from './transport.ts';

/** A subgraph that runs inside the gateway's process. */
export interface EmbeddedSubgraph {
  /** Answers one operation. The executor changes the answer: each call must make its own objects. */
  execute(request: SubgraphRequest, call: FetchCall): Promise<SubgraphResponse>;
  /** Asks the system behind the subgraph how it is. */
  health(signal: AbortSignal): Promise<SystemHealth>;
  close?(): Promise<void>;
}

/** Reaches a subgraph by a plain call, and closes it in the end. */
export function inProcessTransport(subgraph: EmbeddedSubgraph): Transport {
  return {
    where: 'in-process',
    fetch: async (request, call) => subgraph.execute(request, call),
    health: async (signal) => ({ status: 'up', system: await subgraph.health(signal) }),
    close: async () => subgraph.close?.(),
  };
}
