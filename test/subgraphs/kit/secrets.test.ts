import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { StartupError } from '../../../subgraphs/kit/errors.ts';
import type { Backend } from '../../../subgraphs/kit/forms.ts';
import { env } from '../../../subgraphs/kit/settings.ts';
import { bearer, rest } from '../../../subgraphs/kit/sources/rest/backend.ts';
import { soap, usernameToken } from '../../../subgraphs/kit/sources/soap/backend.ts';
import { sql } from '../../../subgraphs/kit/sources/sql/backend.ts';
import { openSubgraph } from '../../../subgraphs/kit/subgraph.ts';
import { MariadbServer, mariadbUser, missingMariadb } from '../../servers/mariadb.ts';
import { missingPostgres, PostgresServer, postgresUser } from '../../servers/postgres.ts';
import { type SoapServer, password as soapPassword, user as soapUser, startSoapServer } from './sources/soap-server.ts';

// Neither an answer nor a log has what a system says, or what it holds, or what it knows us by: by the real errors of each driver.

const secret = 'marker-s3cret';
const value = 'marker-value';

const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { author(id: ID!): Author }
  type Author @key(fields: "id") { id: ID! name: String born: LocalDate }
  scalar LocalDate
`;

const url = env('LIBRARY_URL', 'a URL');
const user = env('LIBRARY_USER', 'a user');
const password = env('LIBRARY_PASSWORD', 'a password');
const mapping = { key: { id: 'id' }, fields: { name: 'name', born: 'born' } } as const;
const table = (name: string) =>
  sql({ system: 'library', url, user, password, types: { Author: { ...mapping, table: name } } });

type Environment = Readonly<Record<'LIBRARY_URL' | 'LIBRARY_USER' | 'LIBRARY_PASSWORD', string>>;

/** Opens a subgraph and asks it; what a client and the operator get to read of that. */
async function seen(
  backend: Backend,
  environment: Environment,
  {
    fields = 'name',
    id = '1',
    beforeAsking = () => {},
  }: { fields?: string; id?: unknown; beforeAsking?: () => void } = {},
): Promise<{ answer: string; log: string }> {
  let log = '';
  const write = (text: string) => {
    log += text;
  };
  // As programs read it, and as people do.
  const logs = [
    createLog({ level: 'trace', output: { write } }),
    createLog({ level: 'trace', output: { isTTY: true, write } }),
  ];
  const both = (level: 'info' | 'warn' | 'error') => (details: object, message: string) => {
    for (const each of logs) each[level](details, message);
  };
  const noted = { info: both('info'), warn: both('warn'), error: both('error') };
  const options = { name: 'library', environment, log: noted, systemTimeoutMs: 5000 };
  try {
    const subgraph = await openSubgraph({ typeDefs, backend, resolvers: {} }, options);
    beforeAsking();
    const query = `query($id: ID!) { author(id: $id) { ${fields} } }`;
    const call = { signal: new AbortController().signal, requestId: 'r1' };
    const answer = JSON.stringify(await subgraph.execute({ query, variables: { id } }, call));
    await subgraph.close();
    return { answer, log };
  } catch (error) {
    assert.ok(error instanceof StartupError);
    return { answer: error.faults.join(), log };
  }
}

function hidden(text: { answer: string; log: string }, code: string): void {
  assert.match(text.answer, /errors|refuses us/);
  assert.match(`${text.answer}${text.log}`, new RegExp(code));
  for (const each of [secret, value, 'marker']) assert.ok(!text.answer.includes(each), text.answer);
  for (const each of [secret, value, 'marker']) assert.ok(!text.log.includes(each), text.log);
}

describe('nothing is told of a PostgreSQL server', { skip: missingPostgres, timeout: 60_000 }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start();
    // Its message quotes what can't be converted.
    await server.run(`create table plain (id text primary key, name text, born text);
      insert into plain values ('1', '${value}', '${value}');
      create view author as select id, name::integer::text as name, born from plain`);
  });
  after(() => server?.stop());
  const environment = (changed = {}) => ({
    LIBRARY_URL: server.url,
    LIBRARY_USER: postgresUser.user,
    LIBRARY_PASSWORD: postgresUser.password,
    ...changed,
  });

  test('that refuses us', async () => {
    hidden(await seen(table('author'), environment({ LIBRARY_PASSWORD: secret })), 'refuses us');
  });
  test('whose message quotes a value', async () => {
    const told = await seen(table('author'), environment());
    hidden(told, 'SYSTEM_FAILED');
    assert.match(told.log, /22P02/, 'its code is there');
  });
  test('that holds what a field can’t be', async () => {
    hidden(await seen(table('plain'), environment(), { fields: 'born' }), 'UNREADABLE_VALUE');
  });
});

describe('nothing is told of a MariaDB server', { skip: missingMariadb, timeout: 60_000 }, () => {
  let server: MariadbServer;
  before(async () => {
    server = await MariadbServer.start();
    await server.run('create table plain (id varchar(20) primary key, name varchar(40), born varchar(40))');
    await server.run(`insert into plain values ('1', '${value}', '${value}')`);
    await server.run(`create function told(words varchar(40)) returns varchar(40) deterministic
      begin signal sqlstate '45000' set message_text = words; return words; end`);
    await server.run('create view author as select id, told(name) as name, born from plain');
  });
  after(() => server?.stop());
  const environment = (changed = {}) => ({
    LIBRARY_URL: server.url,
    LIBRARY_USER: mariadbUser.user,
    LIBRARY_PASSWORD: mariadbUser.password,
    ...changed,
  });

  test('that refuses us', async () => {
    hidden(await seen(table('author'), environment({ LIBRARY_PASSWORD: secret })), 'refuses us');
  });
  test('whose message quotes a value', async () => {
    const told = await seen(table('author'), environment());
    hidden(told, 'SYSTEM_FAILED');
    assert.match(told.log, /ER_SIGNAL_EXCEPTION/, 'its code is there');
  });
  test('that holds what a field can’t be', async () => {
    hidden(await seen(table('plain'), environment(), { fields: 'born' }), 'UNREADABLE_VALUE');
  });
});

describe('nothing is told of an SQLite file', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'junction-'));
    const database = new DatabaseSync(join(folder, 'library.db'));
    database.exec(`create table plain (id text primary key, name text, born text);
      insert into plain values ('1', '${value}', '${value}');
      create view author as select id, json_extract('{}', name) as name, born from plain`);
    database.close();
  });
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string) => sql({ system: 'library', url, types: { Author: { ...mapping, table: name } } });
  const environment = () => ({ LIBRARY_URL: `sqlite:${folder}/library.db`, LIBRARY_USER: '', LIBRARY_PASSWORD: '' });

  test('whose message quotes a value', async () => {
    hidden(await seen(file('author'), environment()), 'SYSTEM_FAILED');
  });
  test('that holds what a field can’t be', async () => {
    hidden(await seen(file('plain'), environment(), { fields: 'born' }), 'UNREADABLE_VALUE');
  });
  test('of a value that a client gives in the wrong place', async () => {
    hidden(await seen(file('plain'), environment(), { id: { x: secret } }), 'BAD_USER_INPUT');
    hidden(await seen(file('plain'), environment(), { id: [secret, value] }), 'BAD_USER_INPUT');
  });
});

describe('nothing is told of a REST system', () => {
  let answer = { status: 200, text: '' };
  const server = createServer((request, response) => {
    const repeated = `${answer.text} ${request.headers.authorization}`;
    response.writeHead(answer.status).end(answer.status === 200 ? answer.text : repeated);
  });
  before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const backend = rest({
    system: 'library',
    url,
    auth: bearer(password),
    ping: '/ping',
    types: { Author: { ...mapping, byKey: { id: { post: '/authors', keys: 'ids', rows: 'results' } } } },
  });
  const environment = () => ({
    LIBRARY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    LIBRARY_USER: '',
    LIBRARY_PASSWORD: secret,
  });
  const failures: readonly (readonly [title: string, status: number, text: string, code: string])[] = [
    ['that refuses us and repeats our token', 401, value, 'SYSTEM_REFUSED'],
    ['that fails with words', 500, value, 'SYSTEM_FAILED'],
    ['whose answer is no JSON', 200, `{"results": [${value}`, 'SYSTEM_FAILED'],
    ['whose answer has another form', 200, `{"results": "${value}"}`, 'SYSTEM_FAILED'],
    ['that holds what a field can’t be', 200, `{"results": [{"id": "1", "born": "${value}"}]}`, 'UNREADABLE_VALUE'],
    [
      'that holds an object for a text',
      200,
      `{"results": [{"id": "1", "born": {"a": "${value}"}}]}`,
      'UNREADABLE_VALUE',
    ],
  ];
  for (const [title, status, text, code] of failures) {
    test(title, async () => {
      answer = { status, text };
      hidden(await seen(backend, environment(), { fields: 'born' }), code);
    });
  }
});

describe('nothing is told of a SOAP system', () => {
  let server: SoapServer;
  before(async () => {
    server = await startSoapServer();
  });
  after(() => server.close());
  const backend = soap({
    system: 'library',
    url,
    auth: usernameToken(user, password),
    ping: 'Ping',
    // A text that is no day.
    types: {
      Author: {
        ...mapping,
        fields: { name: 'name', born: 'name' },
        byKey: { id: { operation: 'ReadAuthors', keys: 'id', rows: 'Author' } },
      },
    },
  });
  const environment = (changed = {}) => ({
    LIBRARY_URL: server.url,
    LIBRARY_USER: soapUser,
    LIBRARY_PASSWORD: soapPassword,
    ...changed,
  });
  const envelope = (body: string) =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
  const answers: readonly (readonly [title: string, status: number, text: string])[] = [
    [
      'whose fault quotes a value',
      500,
      envelope(
        `<s:Fault><faultcode>s:Server</faultcode><faultstring>${value}</faultstring><detail><x>${value}</x></detail></s:Fault>`,
      ),
    ],
    ['whose answer is a web page', 200, `<html>${value}</html>`],
    ['whose answer is cut off', 200, `<s:Envelope><${value}`],
    ['that fails with words', 502, value],
  ];

  test('that refuses us', async () => {
    hidden(await seen(backend, environment({ LIBRARY_PASSWORD: secret })), 'SYSTEM_REFUSED');
  });
  for (const [title, status, text] of answers) {
    test(title, async () => {
      const beforeAsking = () =>
        server.next((response) => response.writeHead(status, { 'content-type': 'text/xml' }).end(text));
      hidden(await seen(backend, environment(), { beforeAsking }), 'SYSTEM_FAILED');
    });
  }
});
