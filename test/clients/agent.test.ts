import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { defaultConfigFile } from '../../gateway/config-file.ts';
import { type Junction, startJunction } from '../supergraph/junction.ts';

// The agent's page, as a process of its own prints it.

let junction: Junction;
before(async () => {
  junction = await startJunction({ access: defaultConfigFile, console: true });
});
after(() => junction?.close());

const nicolo = `Customer    Alessandro Nicolò, CONSUMER, number 10398
Mail        alessandro.nicolo.10398@example.org
Phone       +39022032951
Prefers     EMAIL, it-IT
Open cases  1
            2026-10-12  HIGH  NEW  Charged twice
Owes        1616.87 EUR, overdue 1616.87 EUR
Orders      12
            2026-09-21  W100019259  COMPLETED  2623.77 EUR  PAID  DELIVERED La Poste 005661403174
            2026-02-27  W100015501  COMPLETED  473.67 EUR   PAID  DELIVERED UPS 008510623068
            2025-12-09  W100014031  COMPLETED  593.36 EUR   PAID  DELIVERED DPD 002451447820
                                                                  DELIVERED Correos 009586491199
            2025-03-27  W100009339  COMPLETED  1435.11 EUR  PAID  DELIVERED DPD 006592280872
                                                                  DELIVERED DPD 003293931432
            2024-07-22  W100004815  COMPLETED  98.30 EUR    PAID  DELIVERED Correos 002433089564
`;

test('found by mail, telephone number, or the number of an order: one page', async () => {
  const pages = await Promise.all(
    ['Alessandro.Nicolo.10398@example.org', '0039 022 032-951', 'W100019259'].map((find) => agent(find)),
  );
  for (const page of pages) assert.deepEqual(page, { code: 0, stdout: nicolo, stderr: '' });
});

test('found by a part of the name, if only one has it', async () => {
  const { code, stdout } = await agent('großhandel weiß');
  assert.deepEqual(
    [code, stdout.split('\n')[0]],
    [0, 'Customer    Großhandel Weiß & Söhne GmbH, WHOLESALE, number 10001'],
  );
});

test('several have the name: it lists them', async () => {
  const { code, stdout, stderr } = await agent('Adrián Fernández');
  assert.deepEqual([code, stdout], [1, '']);
  assert.equal(
    stderr,
    `3 customers match; look by mail or order number:
Adrián Fernández  adrian.fernandez.10348@example.org  CONSUMER
Adrián Fernández  adrian.fernandez.11274@example.com  CONSUMER
Adrián Fernández  adrian.fernandez.11719@example.com  CONSUMER
`,
  );
});

test('nobody is found', async () => {
  const finds = ['nobody@example.org', '+49 30 1', 'W000000000', 'Nobody'];
  const outcomes = await Promise.all(finds.map((find) => agent(find)));
  const expected = finds.map((find) => ({ code: 1, stdout: '', stderr: `Nobody is found by "${find}".\n` }));
  assert.deepEqual(outcomes, expected);
});

test('with less rights: what is not allowed says so, the rest stands', async () => {
  const { code, stdout } = await agent('W100019259', { JUNCTION_TOKEN: await tokenOf('reporting') });
  const lines = nicolo.split('\n');
  lines.splice(
    1,
    2,
    'Mail        Not allowed: Customer.email requires the scope customer:contact.',
    'Phone       Not allowed: Customer.phone requires the scope customer:contact.',
  );
  lines.splice(4, 2, 'Open cases  Not allowed: Customer.cases requires the scope support:read.');
  assert.deepEqual([code, stdout.split('\n')], [0, lines]);
  const refused = [
    await agent('alessandro.nicolo.10398@example.org', { JUNCTION_TOKEN: await tokenOf('reporting') }),
    await agent('W100019259', { JUNCTION_TOKEN: await tokenOf('customer') }),
  ];
  assert.deepEqual(
    refused.map(({ code, stderr }) => [code, stderr]),
    [
      [1, 'Not allowed: Query.customerByEmail requires the scope customer:contact.\n'],
      [1, 'Not allowed: Query.orderByNumber requires the scope order:read.\n'],
    ],
  );
});

test('a token that is refused, and no Junction: it says so and exits with 1', async () => {
  assert.deepEqual(await agent('W100019259', { JUNCTION_TOKEN: 'x' }), {
    code: 1,
    stdout: '',
    stderr: 'Junction refuses: No tokens are taken here.\n',
  });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  assert.deepEqual(await agent('W100019259', { JUNCTION_URL: url }), {
    code: 1,
    stdout: '',
    stderr: `Junction does not answer at ${url}: ECONNREFUSED.\n`,
  });
});

test('systems are down: each is named where it is missing, the rest stands', async () => {
  await junction.stopSystem('finance');
  const down = await agent('W100019259');
  const lines = down.stdout.split('\n');
  assert.deepEqual([down.code, lines.slice(0, 6)], [0, nicolo.split('\n').slice(0, 6)]);
  assert.equal(lines[6], 'Owes        The system behind "finance" could not be reached.');
  assert.match(lines[8] as string, /W100019259 {2}COMPLETED {2}2623\.77 EUR {2}The system behind "finance" could not/);

  await junction.stopSystem('customers');
  const worse = await agent('W100019259');
  assert.deepEqual(
    [worse.code, worse.stdout.split('\n').slice(0, 3)],
    [
      0,
      [
        'Customer  The system behind "customers" could not be reached.',
        'Owes      The system behind "finance" could not be reached.',
        'Orders    12',
      ],
    ],
  );
  assert.match(worse.stdout, /DELIVERED La Poste 005661403174/);
  const none = await agent('alessandro.nicolo.10398@example.org');
  assert.deepEqual([none.code, none.stderr], [1, 'The system behind "customers" could not be reached.\n']);
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program. */
function agent(find: string, environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const args = [join(import.meta.dirname, 'agent.ts'), '--find', find];
  const env = { ...process.env, JUNCTION_URL: junction.url, ...environment };
  return new Promise((done) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

async function tokenOf(name: string): Promise<string> {
  return (await fetch(`${junction.url}/demo/${name}`)).text();
}
