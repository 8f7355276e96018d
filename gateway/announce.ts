import { styleText } from 'node:util';
import type { Logger } from 'pino';
import { demoCallers } from './access/identity/demo-callers.ts';
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
  readonly config: Pick<
    Config,
    'production' | 'introspection' | 'console' | 'workers' | 'authentication' | 'subgraphKeys' | 'file'
  >;
  readonly log: Logger;
}

/** Says that the gateway listens, what stands behind it and how to begin. */
export function announceGateway({ url, supergraph, embedded, health, config, log }: GatewayAnnouncement): void {
  const closed = closedBy(config);
  if (!process.stdout.isTTY) {
    const subgraphs = supergraph.subgraphs.map(({ name }) => name);
    const authentication = config.authentication ? 'on' : 'off';
    const only = closedList(config);
    log.info(
      { url, subgraphs, demo: embedded.demo, workers: config.workers, authentication, closed, ...(only && { only }) },
      'ready',
    );
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

${[...howToAsk(url, config), ...whoMay(config)].map((line) => `  ${line}`).join('\n')}
  Health is at ${url}/health/ready. Ctrl-C stops.${closed.length > 0 ? `\n  NODE_ENV=production closes: ${closed.join('; ')}.` : ''}
`);
}

/** A first query, and as whom it may be asked. */
function howToAsk(url: string, config: GatewayAnnouncement['config']): string[] {
  const { production, authentication, console } = config;
  const hasDemo = authentication && !production;
  const names = demoCallers.map(({ name }) => name).join(', ');
  const callers = hasDemo ? [`Demo callers: ${names}. npm run access says who may see what.`] : [];
  // A query of our own would be refused there.
  const listed = closedList(config);
  if (listed) return [`Only ${listed} are answered (persisted_operations.only).`, ...callers];
  const token = hasDemo ? `$(curl -s ${url}/demo/agent)` : '$TOKEN';
  const credential = authentication ? ` -H "authorization: Bearer ${token}"` : '';
  const preflight = production ? " -H 'apollo-require-preflight: true'" : '';
  return [
    `${console ? `Open ${styleText('cyan', `${url}/`)} for GraphiQL with ready-made queries, or ask` : 'Ask'}${hasDemo ? ' as a demo caller' : ''}:`,
    `curl -G ${url}/graphql${preflight}${credential} --data-urlencode 'query={ customer(id: "10001") { name account { balance { amount } } } }'`,
    ...callers,
  ];
}

/** How callers are known, and what is open that could be closed. */
function whoMay({ production, authentication, subgraphKeys, file }: GatewayAnnouncement['config']): string[] {
  const { issuers, certificates, api_keys } = file.authentication;
  const known = [
    ...issuers.map(({ issuer }) => `tokens of ${issuer}`),
    ...(file.tls?.client_ca && certificates.length > 0 ? ['client certificates'] : []),
    `API keys in ${api_keys}`,
  ];
  return [
    ...(production && authentication ? [`Callers are known by ${known.join(', ')}.`] : []),
    ...(authentication ? [] : [loud('AUTHENTICATION=off', 'everybody who reaches this may ask everything.')]),
    ...(production && subgraphKeys === 'none'
      ? [loud('SUBGRAPH_KEYS=none', 'subgraphs answer everybody who reaches them.')]
      : []),
  ];
}

function loud(setting: string, means: string): string {
  return `${styleText(['bold', 'inverse', 'red'], ` ${setting} `)} ${styleText('red', means)}`;
}

/** The operations that alone run, where only those of a list do. */
function closedList({ file: { persisted_operations } }: GatewayAnnouncement['config']): string | undefined {
  return persisted_operations.only ? `the operations of ${persisted_operations.manifest}` : undefined;
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
