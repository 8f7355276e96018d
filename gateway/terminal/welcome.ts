import { styleText } from 'node:util';
import { demoCallers } from '../access/identity/demo-callers.ts';
import type { GatewayAnnouncement } from '../announce.ts';
import type { HealthReport } from '../transport/health.ts';
import { wrapped } from './help.ts';

/** More subgraphs than these stand in one paragraph, but for those that are down. */
const mostRows = 12;
const indent = '     ';

/**
 * What a gateway says on a terminal when it listens: what runs, where, as whom it may be asked, and what to try. `columns`: how wide the
 * terminal is; `seconds`: how long the start took.
 */
export function welcomeText(
  announcement: GatewayAnnouncement,
  { columns, seconds }: { readonly columns: number; readonly seconds: number },
): string {
  const { url, config } = announcement;
  const workers = config.workers > 1 ? `, ${config.workers} workers` : '';
  const things = thingsToTry(announcement).map(([first, ...rest], i) =>
    [`  ${styleText('bold', String(i + 1))}  ${first}`, ...rest.map((line) => indent + line)].join('\n'),
  );
  const closed = closedBy(config);
  const parts = [
    `${styleText('bold', 'Junction')} answers at ${styleText('cyan', `${url}/graphql`)}  ${styleText('gray', `after ${seconds.toFixed(1)} s${workers}`)}`,
    subgraphLines(announcement, columns).join('\n'),
    whoMay(config).flatMap((line) => paragraph(line, columns)),
    things.join('\n'),
    [
      ...paragraph(`Health is at ${url}/health/ready. Ctrl-C stops.`, columns),
      '  More commands and settings: npm start -- --help',
      ...(closed.length > 0 ? paragraph(`NODE_ENV=production closes: ${closed.join('; ')}.`, columns) : []),
    ].join('\n'),
  ].map((part) => (typeof part === 'string' ? part : part.join('\n')));
  return `\n${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What production closes, and how it's opened. */
export function closedBy({ production, introspection, console }: GatewayAnnouncement['config']): string[] {
  return [
    ...(introspection ? [] : ['introspection (INTROSPECTION=on opens it)']),
    ...(console ? [] : ['the console (CONSOLE=on opens it)']),
    ...(production ? ['GET without a header such as apollo-require-preflight'] : []),
  ];
}

/** The operations that alone run, where only those of a list do. */
export function closedList({ file: { persisted_operations } }: GatewayAnnouncement['config']): string | undefined {
  return persisted_operations.only ? `the operations of ${persisted_operations.manifest}` : undefined;
}

function subgraphLines({ health, embedded }: GatewayAnnouncement, columns: number): string[] {
  const width = Math.max(...health.map(({ name }) => name.length));
  const up = health.filter((report) => isUp(report));
  const rows = health.flatMap((report) => {
    const { name, where, system } = report;
    if (isUp(report) && health.length > mostRows) return [];
    const demo = embedded.demo.includes(name);
    const behind = `${system ? `${system.name}, ${system.kind}` : where}${demo ? styleText('gray', ', demo stand-in') : ''}`;
    if (isUp(report)) return [`  ${styleText('green', '●')} ${name.padEnd(width)}  ${behind}`];
    return [
      `  ${styleText('red', '✗')} ${name.padEnd(width)}  ${behind}  ${styleText('red', 'down')}`,
      ...wrapped(`Its fields are null until it is back. ${remedy(report, demo)}`, columns - 6).map(
        (line) => `    ${line}`,
      ),
    ];
  });
  if (up.length === 0 || health.length <= mostRows) return rows;
  const names = `${up.length} of ${health.length} subgraphs are up: ${up.map(({ name }) => name).join(', ')}`;
  const [first = '', ...rest] = wrapped(names, columns - 5);
  return [`  ${styleText('green', '●')} ${first}`, ...rest.map((line) => `    ${line}`), ...rows];
}

function isUp({ status, system }: HealthReport): boolean {
  return (system?.status ?? status) === 'up';
}

/** What can be done about a subgraph whose fields are null. */
function remedy({ name, where, status, system, code }: HealthReport, demo: boolean): string {
  if (code === 'SUBGRAPH_REFUSED') return 'It refuses what this gateway signs: give both the same SUBGRAPH_KEYS.';
  if (where === 'in-process') {
    const variables = `${name.toUpperCase().replaceAll('-', '_')}_…`;
    return demo
      ? 'Its stand-in does not answer: start again; if it stays so, delete demo-* in DEMO_FOLDER (.data), which is made anew.'
      : `Is ${system?.name ?? 'its system'} running, and are ${variables} right? npm run check -- ${name} says more.`;
  }
  if (status === 'up') return `The subgraph at ${where} answers, the system behind it does not: look there.`;
  return `Nothing answers at ${where}: start it (npm run subgraph -- ${name}), or correct its routing_url.`;
}

/** Each as its lines. */
function thingsToTry({ url, config, supergraph, embedded, health }: GatewayAnnouncement): string[][] {
  const { production, authentication, console } = config;
  const hasDemo = authentication && !production;
  const all = supergraph.subgraphs.map(({ name }) => name);
  const has = (...names: readonly string[]) => names.every((name) => all.includes(name));
  const who = embedded.demo.includes('customers') ? 'a customer, such as Zoë Müller' : 'a customer by name';
  // Nobody is found while the system that knows them is down.
  const findsThem = has('customers') && !health.some((report) => report.name === 'customers' && !isUp(report));
  const look = findsThem ? `look for ${who}` : 'look around';
  const access =
    hasDemo && has('orders', 'finance')
      ? [
          'See what a caller may see, and by which rule:',
          `npm run access -- explain --as agent '{ order(id: 5) { margin {amount} } }'`,
        ]
      : ['See who may see what: npm run access'];
  const wrap = ['Wrap a system of your own: npm run new -- --help'];
  return [
    ...(console ? [[`Open ${styleText('cyan', `${url}/`)} and ${look}.`]] : []),
    howToAsk(url, config, embedded.demo),
    access,
    ...(console ? [] : [wrap]),
  ];
}

/** A first query, and as whom it may be asked. */
function howToAsk(url: string, config: GatewayAnnouncement['config'], demo: readonly string[]): string[] {
  const { production, authentication } = config;
  const hasDemo = authentication && !production;
  // A query of our own would be refused there.
  const listed = closedList(config);
  if (listed) return [`Ask: only ${listed} are answered (persisted_operations.only).`];
  const token = hasDemo ? `$(curl -s ${url}/demo/agent)` : '$TOKEN';
  const query = ['customers', 'finance'].every((name) => demo.includes(name))
    ? ['{ customer(id: "10001") {', '    name account { balance { amount } } } }']
    : ['{ __typename }'];
  return [
    hasDemo ? 'Ask, in a second terminal, as a demo caller:' : 'Ask, in a second terminal:',
    `curl -G ${url}/graphql${production ? " -H 'apollo-require-preflight: true'" : ''} \\`,
    ...(authentication ? [`  -H "authorization: Bearer ${token}" \\`] : []),
    ...`  --data-urlencode 'query=${query.join('\n')}'`.split('\n'),
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
    ...(authentication && !production ? [`Demo callers: ${demoCallers.map(({ name }) => name).join(', ')}.`] : []),
    ...(authentication && production ? [`Callers are known by ${known.join(', ')}.`] : []),
    ...(authentication ? [] : [loud('AUTHENTICATION=off', 'everybody who reaches this may ask everything.')]),
    ...(production && subgraphKeys === 'none'
      ? [loud('SUBGRAPH_KEYS=none', 'subgraphs answer everybody who reaches them.')]
      : []),
  ];
}

function loud(setting: string, means: string): string {
  return `${styleText(['bold', 'inverse', 'red'], ` ${setting} `)} ${styleText('red', means)}`;
}

function paragraph(text: string, columns: number): string[] {
  return wrapped(text, columns - 3).map((line) => `  ${line}`);
}
