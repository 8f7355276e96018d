import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { GatewayAnnouncement } from '../../gateway/announce.ts';
import { readConfig } from '../../gateway/config.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { commands } from '../../gateway/terminal/commands.ts';
import { ProgressLine, type TerminalStream } from '../../gateway/terminal/progress.ts';
import { welcomeText } from '../../gateway/terminal/welcome.ts';
import { help as benchHelp } from '../bench/options.ts';

const root = resolve(import.meta.dirname, '../..');
const main = join(root, 'gateway/main.ts');
const { FORCE_COLOR: _color, NODE_ENV: _mode, ...inherited } = process.env;
const settings = {
  ...inherited,
  SUPERGRAPH_CONFIG: join(root, 'test/supergraph/supergraph.yaml'),
  AUTHENTICATION: 'off',
  PORT: '0',
  CI: '',
  TERM: 'xterm',
};

function run(args: readonly string[], environment: Record<string, string> = {}) {
  return spawnSync(process.execPath, [main, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...settings, ...environment },
  });
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('every command has help that fits a terminal and needs no good settings; nothing is started or written', (t) => {
  const demo = join(folderFor(t), 'demo');
  // With these none of them could run.
  const broken = { PORT: 'x', SUPERGRAPH_CONFIG: 'nowhere.yaml', DEMO_FOLDER: demo };
  for (const [name, { typed }] of Object.entries(commands)) {
    const { status, stdout, stderr } = run([name, '--help'], broken);
    assert.deepEqual([status, stderr], [0, ''], name);
    assert.ok(stdout.startsWith(`Usage: npm ${typed === 'npm start' ? 'start' : 'run'}`), stdout);
    assert.match(
      stdout,
      /\n\n(Arguments|Commands|Settings|Options)[\s\S]*\n\nExamples\n[\s\S]*\n\nMore: [\s\S]*\.\n$/,
      name,
    );
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 80),
      [],
      name,
    );
  }
  assert.deepEqual(readdirSync(join(demo, '..')), []);
});

test('npm start -- --help lists the commands; help COMMAND is the same as COMMAND --help', () => {
  const { stdout: all } = run(['start', '--help']);
  for (const { typed } of Object.values(commands)) assert.ok(all.includes(typed.replace('npm run compose', 'compose')));
  const { stdout: check } = run(['check', '--help']);
  const forms = [
    ['help', 'check'],
    ['start', 'help', 'check'],
    ['check', '-h'],
    ['check', 'help'],
  ];
  for (const form of forms) assert.equal(run(form).stdout, check, form.join(' '));
  assert.equal(run(['help']).stdout, all);
  assert.equal(run(['help', 'chek']).status, 1);
});

test('the bench has help too, and names the option that was meant', () => {
  const bench = (...args: string[]) =>
    spawnSync(process.execPath, ['test/bench/main.ts', ...args], { cwd: root, encoding: 'utf8' });
  assert.deepEqual([bench('-h').stdout, bench('--help').stdout], [`${benchHelp}\n`, `${benchHelp}\n`]);
  const { status, stderr } = bench('--agianst=hive');
  assert.deepEqual(
    [status, stderr],
    [1, 'Unknown option "--agianst" (did you mean "--against"?). npm run bench -- --help says what there is.\n'],
  );
});

interface Screen extends TerminalStream {
  readonly written: string[];
  columns: number;
}

function screen(written: string[], isTTY = true): Screen {
  return {
    isTTY,
    columns: 40,
    written,
    write(text) {
      written.push(String(text));
      return true;
    },
  };
}

test('a line of progress is erased before anybody else writes, and when all is done', () => {
  const written: string[] = [];
  const [stream, other] = [screen(written), screen(written)];
  const line = new ProgressLine({ stream, others: [other], environment: {} });
  const first = line.start('composing');
  other.write('a log line\n');
  const second = line.start('reading orders');
  first.done();
  second.tell(`reading ${'x'.repeat(60)}`);
  line.start('done at once').done();
  second.done();
  stream.write('after\n');
  assert.deepEqual(written, [
    `${gone}composing`,
    gone,
    'a log line\n',
    `${gone}composing · reading orders`,
    `${gone}reading orders`,
    `${gone}reading ${'x'.repeat(30)}…`,
    gone,
    'after\n',
  ]);
});

test('there is no line where nobody sees it or it could not be erased', () => {
  for (const [isTTY, environment] of [
    [false, {}],
    [true, { TERM: 'dumb' }],
    [true, { CI: 'true' }],
  ] as const) {
    const written: string[] = [];
    new ProgressLine({ stream: screen(written, isTTY), environment }).start('composing').done();
    assert.deepEqual(written, []);
  }
});

function announcement(environment: Record<string, string>, more: Partial<GatewayAnnouncement> = {}) {
  const names = ['customers', 'orders', 'inventory', 'finance'];
  const up = { status: 'up', latencyMs: 1, where: 'in-process' } as const;
  const config = readConfig({ GATEWAY_CONFIG: '', ...environment });
  return {
    url: 'http://127.0.0.1:4000',
    supergraph: { sdl: '', hints: [], subgraphs: names.map((name) => ({ name, url: '' })) },
    embedded: { demo: names },
    health: names.map((name) => ({
      name,
      ...up,
      system: { name: 'shop', kind: 'sqlite', status: 'up', latencyMs: 1 },
    })),
    config,
    log: createLog({ level: 'silent' }),
    ...more,
  } as unknown as GatewayAnnouncement;
}

const said = (announced: GatewayAnnouncement) =>
  stripVTControlCharacters(welcomeText(announced, { columns: 80, seconds: 2.34 }));

test('a start says in a few lines what runs, where, with which demo callers, and three things to try', () => {
  const text = said(announcement({}));
  assert.equal(
    text,
    `
Junction answers at http://127.0.0.1:4000/graphql  after 2.3 s

  ● customers  shop, sqlite, demo stand-in
  ● orders     shop, sqlite, demo stand-in
  ● inventory  shop, sqlite, demo stand-in
  ● finance    shop, sqlite, demo stand-in

  Demo callers: agent, supervisor, dashboard, reporting, customer.

  1  Open http://127.0.0.1:4000/ and look for a customer, such as Zoë Müller.
  2  Ask, in a second terminal, as a demo caller:
     curl -G http://127.0.0.1:4000/graphql \\
       -H "authorization: Bearer $(curl -s http://127.0.0.1:4000/demo/agent)" \\
       --data-urlencode 'query={ customer(id: "10001") {
         name account { balance { amount } } } }'
  3  See what a caller may see, and by which rule:
     npm run access -- explain --as agent '{ order(id: 5) { margin {amount} } }'

  Health is at http://127.0.0.1:4000/health/ready. Ctrl-C stops.
  More commands and settings: npm start -- --help
`,
  );
  assert.deepEqual(
    text.split('\n').filter((line) => line.length > 80),
    [],
  );
});

test('a subgraph that is down says what can be done; many stand in one paragraph', () => {
  const system = { name: 'shop', kind: 'postgres', status: 'down', latencyMs: 1 };
  const up = { status: 'up', latencyMs: 1, where: 'in-process' } as const;
  const many = Array.from({ length: 30 }, (_, i) => ({ name: `subgraph-${i}`, ...up }));
  const down = [
    { name: 'orders', ...up, system },
    { name: 'far', status: 'down', latencyMs: 1, where: 'http://far:4002' },
    { name: 'strict', status: 'down', latencyMs: 1, where: 'http://strict:4003', code: 'SUBGRAPH_REFUSED' },
  ];
  const text = said(announcement({}, { health: [...many, ...down], embedded: { demo: [] } } as never));
  const [first, second, ...rows] = text.slice(text.indexOf('  ●'), text.indexOf('\n\n  Demo callers')).split('\n');
  assert.deepEqual(
    [first, second, ...rows.slice(-8)],
    [
      '  ● 30 of 33 subgraphs are up: subgraph-0, subgraph-1, subgraph-2, subgraph-3,',
      '    subgraph-4, subgraph-5, subgraph-6, subgraph-7, subgraph-8, subgraph-9,',
      '    Its fields are null until it is back. Is shop running, and are ORDERS_…',
      '    right? npm run check -- orders says more.',
      '  ✗ far          http://far:4002  down',
      '    Its fields are null until it is back. Nothing answers at http://far:4002:',
      '    start it (npm run subgraph -- far), or correct its routing_url.',
      '  ✗ strict       http://strict:4003  down',
      '    Its fields are null until it is back. It refuses what this gateway signs:',
      '    give both the same SUBGRAPH_KEYS.',
    ],
  );
  assert.ok(text.split('\n').every((line) => line.length <= 80));
});

const hasScript = spawnSync('script', ['--version']).status === 0;
const terminal = { skip: hasScript ? false : 'no "script" of util-linux on this machine' };

/** Runs a command on a terminal of its own, and gives all that it wrote there, with its exit code. */
async function onTerminal(args: readonly string[], environment: Record<string, string>): Promise<[number, string]> {
  const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: root,
    env: { ...settings, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  return [code, text];
}

const gone = '\r\u001B[K';

/** What is left to see of it: a line that was erased is gone. */
function seen(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  return stripVTControlCharacters(
    lines.map((line) => line.slice(Math.max(0, line.lastIndexOf(gone)))).join('\n'),
  ).replaceAll('\r', '');
}

test(
  'on a terminal a check says what it is at, and nothing of that is left; in a pipe nothing',
  terminal,
  async (t) => {
    const environment = { DEMO_FOLDER: folderFor(t), DEMO_SCALE: '0.2' };
    const [code, text] = await onTerminal(['check', 'orders'], environment);
    assert.equal(code, 0);
    const steps = ['starting demo systems', 'the supergraph', 'orders', 'orders: Order', 'orders: Shipment'];
    for (const step of [`checking · ${steps[0]}`, ...steps.slice(1).map((each) => `checking ${each}`)])
      assert.ok(text.includes(gone + step), step);
    assert.match(text, /checking · making the demo company, this once: orders 50 %/);
    assert.ok(seen(text).startsWith('✓ supergraph '), seen(text));
    assert.doesNotMatch(seen(text), /checking|demo company/);
    const piped = run(['check', 'orders'], environment);
    assert.deepEqual([piped.status, piped.stderr], [0, '']);
    assert.ok(!piped.stdout.includes('checking') && !piped.stdout.includes('\r'));
  },
);

test('on a terminal compose and new say what takes so long', terminal, async () => {
  const [, composed] = await onTerminal(['compose'], {});
  assert.ok(composed.startsWith(`${gone}composing 4 subgraphs${gone}schema`), composed.slice(0, 100));
  const [code, drafted] = await onTerminal(['new', 'ship', '--from', 'sqlite:/nowhere.db'], {});
  assert.deepEqual([code, drafted.includes(`${gone}looking at the system${gone}`)], [1, true]);
  assert.ok(seen(drafted).startsWith('Nothing was written:\n'), seen(drafted));
});
