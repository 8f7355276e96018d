import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { SystemErrorCode } from '../../../../subgraphs/kit/errors.ts';
import type { Source } from '../../../../subgraphs/kit/source.ts';
import { largestAnswer } from '../../../../subgraphs/kit/sources/http.ts';
import { call, listOf, systemError } from '../source-harness.ts';
import { connect } from './rest-library.ts';
import { type RestServer, startRestServer, token } from './rest-server.ts';

describe('rest, on bad days', { timeout: 60_000 }, () => {
  let server: RestServer;
  let source: Source;
  before(async () => {
    server = await startRestServer();
    source = connect(server);
  });
  beforeEach(() => {
    server.calls();
  });
  after(async () => {
    await source.close();
    await server.close();
  });

  const authors = (request: object = {}) =>
    source.page({ collection: 'Author', ...listOf('authors'), ...request }, call());
  const byKey = (collection: string, column: string, keys: string[], columns = ['id', 'name']) =>
    source.byKey({ collection, key: [column], keys: keys.map((key) => [key]), columns }, call());
  const fails = (code: SystemErrorCode) => systemError(code, token);

  test('429 and 503 with Retry-After: asked again', async () => {
    server.next((reply) => reply.code(429).header('retry-after', '0').send());
    server.next((reply) => reply.code(503).header('retry-after', new Date(0).toUTCString()).send());
    await source.ping(call());
    assert.equal(server.calls().length, 3);
  });

  test('429 for good: given up after three more tries; at once where the wait is too long or not stated', async () => {
    for (let i = 0; i < 4; i++) server.next((reply) => reply.code(429).header('retry-after', '0').send());
    await assert.rejects(source.ping(call()), fails('SYSTEM_RATE_LIMITED'));
    assert.equal(server.calls().length, 4);
    server.next((reply) => reply.code(429).header('retry-after', '3600').send());
    await assert.rejects(source.ping(call()), fails('SYSTEM_RATE_LIMITED'));
    server.next((reply) => reply.code(429).send());
    await assert.rejects(source.ping(call()), fails('SYSTEM_RATE_LIMITED'));
  });

  test('the wait ends when the client goes away', async () => {
    const controller = new AbortController();
    server.next((reply) => {
      reply.raw.once('finish', () => controller.abort(new Error('gone')));
      return reply.code(429).header('retry-after', '20').send();
    });
    await assert.rejects(source.ping(call(controller.signal)), { message: 'gone' });
  });

  test('the wait ends when the source closes', async () => {
    const other = connect(server);
    server.next((reply) => {
      reply.raw.once('finish', () => other.close());
      return reply.code(429).header('retry-after', '20').send();
    });
    await assert.rejects(other.ping(call()), fails('SYSTEM_UNAVAILABLE'));
  });

  const answers: [string, number, string, SystemErrorCode][] = [
    ['401', 401, '{}', 'SYSTEM_REFUSED'],
    ['403 that repeats the token', 403, `"${token}"`, 'SYSTEM_REFUSED'],
    ['404 where rows must be', 404, '{}', 'SYSTEM_FAILED'],
    ['500 that repeats the token', 500, `Authorization: Bearer ${token}`, 'SYSTEM_FAILED'],
    ['503 without Retry-After', 503, '{}', 'SYSTEM_FAILED'],
    ['invalid JSON', 200, '{"data": [', 'SYSTEM_FAILED'],
    ['no body', 204, '', 'SYSTEM_FAILED'],
    ['rows that are no list', 200, '{"data": {}}', 'SYSTEM_FAILED'],
    ['a next cursor that is none', 200, '{"data": [], "paging": {"next": {}}}', 'SYSTEM_FAILED'],
    ['a redirect', 302, '', 'SYSTEM_FAILED'],
  ];
  for (const [title, status, body, code] of answers) {
    test(title, async () => {
      server.next((reply) => reply.code(status).send(body));
      await assert.rejects(authors(), fails(code));
    });
  }

  test('an answer without end', async () => {
    server.next((reply) => reply.send(`{"data": [${' '.repeat(largestAnswer)}]}`));
    await assert.rejects(authors(), fails('SYSTEM_FAILED'));
  });

  test('a connection that is cut within the answer', async () => {
    server.next((reply) => {
      reply.raw.writeHead(200, { 'content-length': '100' });
      reply.raw.write('{"data": [', () => reply.raw.destroy());
      return reply.hijack();
    });
    await assert.rejects(authors(), fails('SYSTEM_UNAVAILABLE'));
  });

  test('nobody listens', async () => {
    const gone = await startRestServer();
    await gone.close();
    const other = connect(gone);
    await assert.rejects(other.ping(call()), fails('SYSTEM_UNAVAILABLE'));
    await other.close();
  });

  test('a system that accepts and never answers', async () => {
    const { release } = server.hold();
    await assert.rejects(source.ping(call()), fails('SYSTEM_TIMEOUT'));
    release();
  });

  test('never more requests in flight than the mapping allows; one that waits can be given up', async () => {
    const { reached, release } = server.hold(3);
    const keys = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
    const reading = byKey('AuthorByPath', 'id', keys, ['id']);
    await reached;
    const waiting = new AbortController();
    const given = source.ping(call(waiting.signal));
    waiting.abort(new Error('gone'));
    await assert.rejects(given, { message: 'gone' });
    release();
    assert.deepEqual(
      (await reading).map(({ id }) => id),
      keys,
    );
    assert.equal(server.calls().length, 6);
    assert.equal(server.most(), 3);
  });
});
