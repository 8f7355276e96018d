import { styleText } from 'node:util';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Embedded } from './embedded/embed.ts';
import type { Supergraph } from './supergraph/compose.ts';
import { closedBy, closedList, welcomeText } from './terminal/welcome.ts';
import type { HealthReport } from './transport/health.ts';
import type { SystemHealth } from './transport/transport.ts';

// What a person reads in the terminal when something starts or can't start. Anywhere else the log says it, as JSON.

/** What is said of a gateway that listens. */
export interface GatewayAnnouncement {
  readonly url: string;
  readonly supergraph: Supergraph;
  readonly embedded: Pick<Embedded, 'demo'>;
  readonly health: readonly HealthReport[];
  readonly config: Pick<
    Config,
    'production' | 'introspection' | 'console' | 'workers' | 'authentication' | 'subgraphKeys' | 'file'
  >;
  readonly log: Logger;
}

/** Says that the gateway listens, what stands behind it and how to begin. */
export function announceGateway({ url, supergraph, embedded, health, config, log }: GatewayAnnouncement): void {
  if (!process.stdout.isTTY) {
    const closed = closedBy(config);
    const subgraphs = supergraph.subgraphs.map(({ name }) => name);
    const authentication = config.authentication ? 'on' : 'off';
    const only = closedList(config);
    log.info(
      { url, subgraphs, demo: embedded.demo, workers: config.workers, authentication, closed, ...(only && { only }) },
      'ready',
    );
    return;
  }
  const columns = process.stdout.columns || 80;
  process.stdout.write(
    `${welcomeText({ url, supergraph, embedded, health, config, log }, { columns, seconds: performance.now() / 1000 })}\n`,
  );
}

/** What is said of a subgraph that listens. */
export interface SubgraphAnnouncement {
  readonly name: string;
  readonly url: string;
  readonly health: SystemHealth;
  readonly demo: boolean;
  readonly log: Logger;
}

/** Says that a subgraph listens, and which system it wraps. */
export function announceSubgraph({ name, url, health, demo, log }: SubgraphAnnouncement): void {
  log.info(
    { url: `${url}/graphql`, system: health.name, kind: health.kind, status: health.status, demo },
    `subgraph ${name} is ready`,
  );
}

/** Everything that keeps a command from its end, for the terminal. `what` did not happen: `Junction did not start`. */
export function faultReport(what: string, faults: readonly string[]): string {
  const title = faults.length === 1 ? `${what}:` : `${what}, for ${faults.length} reasons:`;
  return `${styleText('red', title)}\n${faults.map((fault) => `  - ${fault.replaceAll('\n', '\n    ')}`).join('\n')}\n`;
}
