import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import type { StandIn } from '../../subgraphs/demo/stand-in.ts';
import { start as startErp } from '../../subgraphs/finance/demo/system.ts';
import { folderWith } from '../gateway/fixture.ts';

const root = resolve(import.meta.dirname, '../..');
const names = ['customers', 'orders', 'inventory', 'finance'] as const;

/** Junction as it is started, on schemas that a test may change, with an ERP that it may stop. */
export interface Started {
  readonly url: string;
  /** Asks the graph as the support agent; the answer's body. */
  ask(query: string, requestId: string): Promise<unknown>;
  schemaOf(name: (typeof names)[number]): string;
  /** Writes a schema as editors do: beside its place, then renamed. */
  writeSchema(name: (typeof names)[number], text: string): Promise<void>;
  stopErp(): Promise<void>;
  startErp(): Promise<void>;
  /** Ends Junction itself. */
  stop(): Promise<void>;
}

/** Starts it; it ends with the test. */
export async function startProcess(t: TestContext, environment: Record<string, string> = {}): Promise<Started> {
  const data = { folder: resolve(root, '.data') };
  let erp: StandIn | undefined = await startErp(data);
  const { port } = erp;
  t.after(() => erp?.close());
  const schemaOf = (name: string) => readFileSync(join(root, 'subgraphs', name, 'schema.graphql'), 'utf8');
  const folder = await folderWith(t, {
    'supergraph.yaml': readFileSync(join(root, 'test/supergraph/supergraph.yaml'), 'utf8').replaceAll(
      /file: \S+\/(\w+)\/schema\.graphql/g,
      'file: $1.graphql',
    ),
    ...Object.fromEntries(names.map((name) => [`${name}.graphql`, schemaOf(name)])),
  });
  const child = spawn(process.execPath, ['gateway/main.ts', 'start'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      // While Vite builds in this process, it says "production".
      NODE_ENV: 'development',
      ...erp.settings,
      SUPERGRAPH_CONFIG: join(folder, 'supergraph.yaml'),
      SUPERGRAPH_POLL_MS: '100',
      PORT: '0',
      ...environment,
    },
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  t.after(stop);
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { msg, url } = JSON.parse(line) as { readonly msg: string; readonly url?: string };
      if (msg === 'ready' && url !== undefined) resolve(url);
    });
    void ended.then(() => reject(new Error('Junction ended before it was ready')));
  });
  return {
    url,
    schemaOf,
    async ask(query, requestId) {
      const token = await (await fetch(`${url}/demo/agent`)).text();
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'x-request-id': requestId,
        },
        body: JSON.stringify({ query }),
      });
      return answer.json();
    },
    async writeSchema(name, text) {
      const path = join(folder, `${name}.graphql`);
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    },
    async stopErp() {
      await erp?.close();
      erp = undefined;
    },
    async startErp() {
      erp = await startErp({ ...data, ...(port !== undefined && { port }) });
    },
    stop,
  };
}
