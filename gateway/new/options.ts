import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { ConfigError } from '../config.ts';
import type { SupergraphFile } from '../supergraph/file.ts';
import { readArguments } from '../terminal/arguments.ts';

/** What the command line asks for. */
export interface NewOptions {
  readonly name: string;
  readonly from: string;
  readonly tables: readonly string[] | undefined;
  readonly port: number | undefined;
}

/** Reads the command line; undefined where it asks for help. Errors: ConfigError with all faults at once. */
export function readOptions(args: readonly string[]): NewOptions | undefined {
  const { positionals, values } = readArguments('npm run new', {
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      tables: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const faults: string[] = [];
  const [name = '', ...more] = positionals;
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
    faults.push(`NAME: got "${name}". Expected small letters, digits and -, a letter first, such as shipping.`);
  }
  if (more.length > 0) faults.push(`"${more.join(' ')}": expected one NAME only.`);
  if (!values.from) faults.push('--from: expected where the system is, such as postgres://user@host/database.');
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    faults.push(`--port: expected a whole number from 1 to 65535, got "${values.port}".`);
  }
  const tables = values.tables?.split(',').map((table) => table.trim());
  if (tables?.includes('')) faults.push(`--tables: expected names with commas between them, got "${values.tables}".`);
  if (faults.length > 0) throw new ConfigError(faults);
  return { name, from: values.from ?? '', tables, port };
}

/** What keeps a subgraph of this name from being made here. */
export function nameFaults({ name, port }: NewOptions, folder: string, file: SupergraphFile): string[] {
  const named = file.subgraphs.find((each) => each.name.toLowerCase() === name);
  const atPort = file.subgraphs.find((each) => port !== undefined && portOf(each.routingUrl) === port);
  return [
    ...(['kit', 'demo'].includes(name) ? [`NAME: subgraphs/${name} is no subgraph; choose another name.`] : []),
    ...(existsSync(folder) && !['kit', 'demo'].includes(name) ? [`NAME: subgraphs/${name} is there already.`] : []),
    ...(named ? [`NAME: ${file.path} has a subgraph ${named.name} already.`] : []),
    ...(atPort ? [`--port: ${atPort.name} has ${port} in ${file.path} already.`] : []),
  ];
}

/** The first port behind those of the other subgraphs that nobody has or listens at. */
export async function freePort({ subgraphs }: SupergraphFile): Promise<number> {
  const taken = subgraphs.map(({ routingUrl }) => portOf(routingUrl));
  let port = Math.max(4000, ...taken.filter((each) => each < 60_000)) + 1;
  while (taken.includes(port) || !(await canListen(port))) port++;
  return port;
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
