import { styleText } from 'node:util';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Embedded } from './embedded/embed.ts';
import type { Supergraph } from './supergraph/compose.ts';
import type { HealthReport } from './transport/health.ts';
import type { SystemHealth } from './transport/transport.ts';

// What a person reads in the terminal when something starts or can't start. Anywhere else the log says it, as JSON.

/** What is said of a gateway that listens. */
export interface GatewayAnnouncement {
  readonly url: string;
  readonly supergraph: Supergraph;
  readonly embedded: Pick<Embedded, 'demo'>;
  readonly health: readonly HealthReport[];
  readonly config: Pick<Config, 'production' | 'introspection' | 'console' | 'workers'>;
  readonly log: Logger;
}

/** Says that the gateway listens, what stands behind it and how to begin. */
export function announceGateway({ url, supergraph, embedded, health, config, log }: GatewayAnnouncement): void {
  const closed = closedBy(config);
  if (!process.stdout.isTTY) {
    const subgraphs = supergraph.subgraphs.map(({ name }) => name);
    log.info({ url, subgraphs, demo: embedded.demo, workers: config.workers, closed }, 'ready');
    return;
  }
  const width = Math.max(...health.map(({ name }) => name.length));
  const rows = health.map(({ name, where, status, system }) => {
    const state = system?.status ?? status;
    const mark = state === 'up' ? styleText('green', '●') : styleText('red', '●');
    const behind = system ? `${system.name}, ${system.kind}` : where;
    const demo = embedded.demo.includes(name) ? styleText('gray', ' (demo stand-in)') : '';
    return `  ${mark} ${name.padEnd(width)}  ${behind}${demo}${state === 'up' ? '' : styleText('red', '  down; its fields are null until it is back')}`;
  });
  print(`
${styleText('bold', 'Junction')} answers at ${styleText('cyan', `${url}/graphql`)}  ${styleText('gray', `after ${(performance.now() / 1000).toFixed(1)} s`)}

${rows.join('\n')}

  ${config.console ? `Open ${styleText('cyan', `${url}/`)} for GraphiQL with ready-made queries, or` : 'Ask'}:
  curl -G ${url}/graphql ${config.production ? "-H 'apollo-require-preflight: true' " : ''}--data-urlencode 'query={ customer(id: "10001") { name account { balance { amount } } } }'
  Health is at ${url}/health/ready. Ctrl-C stops.${closed.length > 0 ? `\n  NODE_ENV=production closes: ${closed.join('; ')}.` : ''}
`);
}

/** What production closes, and how it's opened. */
function closedBy({ production, introspection, console }: GatewayAnnouncement['config']): string[] {
  return [
    ...(introspection ? [] : ['introspection (INTROSPECTION=on opens it)']),
    ...(console ? [] : ['the console (CONSOLE=on opens it)']),
    ...(production ? ['GET without a header such as apollo-require-preflight'] : []),
  ];
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

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
