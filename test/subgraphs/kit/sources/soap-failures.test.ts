import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { SystemErrorCode } from '../../../../subgraphs/kit/errors.ts';
import type { Source } from '../../../../subgraphs/kit/source.ts';
import { call, listOf, plain, systemError } from '../source-harness.ts';
import { connect } from './soap-library.ts';
import { password, type SoapServer, startSoapServer } from './soap-server.ts';

/** White space that makes an answer long. */
const padding = ' '.repeat(40_000);

describe('soap, on bad days', { timeout: 60_000 }, () => {
  let server: SoapServer;
  let source: Source;
  before(async () => {
    server = await startSoapServer();
    source = connect(server);
    await source.ping(call());
  });
  beforeEach(() => {
    server.calls();
  });
  after(async () => {
    await source.close();
    await server.close();
  });

  const page = (request: object = {}) =>
    source.page({ collection: 'Author', ...listOf('authors'), ...request }, call());
  const fails = (code: SystemErrorCode) => systemError(code, password);
  const answerNext = (status: number, body: string) =>
    server.next((response) => response.writeHead(status, { 'content-type': 'text/xml' }).end(body));

  const envelope = (body: string) =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">${body}</s:Envelope>`;
  const fault = (code: string) =>
    envelope(`<s:Body><s:Fault><faultcode>${code}</faultcode><faultstring>No.</faultstring></s:Fault></s:Body>`);
  const soap12 = `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value>
    <e:Subcode><e:Value>wsse:FailedAuthentication</e:Value></e:Subcode></e:Code><e:Reason><e:Text>No.</e:Text></e:Reason>
    </e:Fault></e:Body></e:Envelope>`;
  const answers: [string, number, string, SystemErrorCode][] = [
    ['a fault', 500, fault('s:Server'), 'SYSTEM_FAILED'],
    ['a fault with status 200', 200, fault('s:Server'), 'SYSTEM_FAILED'],
    ['a fault about the security header', 500, fault('wsse:FailedAuthentication'), 'SYSTEM_REFUSED'],
    ['a SOAP 1.2 fault about the security header', 400, soap12, 'SYSTEM_REFUSED'],
    ['a fault that repeats the password', 500, fault(password), 'SYSTEM_FAILED'],
    ['an empty body with 200', 200, '', 'SYSTEM_FAILED'],
    ['an envelope without an answer', 200, envelope('<s:Body/>'), 'SYSTEM_FAILED'],
    ['the answer to something else', 200, envelope('<s:Body><PongResponse/></s:Body>'), 'SYSTEM_FAILED'],
    [
      'truncated XML',
      200,
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Ping',
      'SYSTEM_FAILED',
    ],
    [
      'a reference into the prototype of all objects',
      200,
      envelope('<s:Body><PingResponse id="__proto__"/></s:Body>'),
      'SYSTEM_FAILED',
    ],
    [
      'the same in other letters',
      200,
      envelope("<s:Body><PingResponse href='#&#95;_proto__'/></s:Body>"),
      'SYSTEM_FAILED',
    ],
    ['a web page', 200, '<html><body>Please log in</body></html>', 'SYSTEM_FAILED'],
    ['no XML', 200, 'oops', 'SYSTEM_FAILED'],
    ['JSON', 500, '{"error": true}', 'SYSTEM_FAILED'],
    ['401', 401, '', 'SYSTEM_REFUSED'],
    ['502', 502, 'bad gateway', 'SYSTEM_FAILED'],
    ['429', 429, '', 'SYSTEM_RATE_LIMITED'],
  ];
  for (const [title, status, body, code] of answers) {
    test(title, async () => {
      answerNext(status, body);
      await assert.rejects(source.ping(call()), fails(code));
      await source.ping(call());
    });
    test(`${title}, in an answer so long that a thread reads it`, async () => {
      const [before, behind = ''] = body.split(/(?=<s:Body>)/, 2);
      answerNext(status, behind ? `${before}${padding}${behind}` : `${body}${padding}`);
      await assert.rejects(source.ping(call()), fails(code));
      await source.ping(call());
    });
  }

  test('a long answer is read as a short one is', async () => {
    const whole = plain(
      'authors',
      (await page({ first: 50 })).rows.map(({ row }) => row),
    );
    const { headers, text } = server.last();
    const again = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', soapaction: String(headers.soapaction) },
      body: text,
    });
    answerNext(200, (await again.text()).replace(/(?=<\w+:Body>)/, padding));
    const long = await page({ first: 50 });
    assert.deepEqual(
      plain(
        'authors',
        long.rows.map(({ row }) => row),
      ),
      whole,
    );
  });

  test('a long answer that is given up leaves nothing behind', async () => {
    const controller = new AbortController();
    server.next((response) => {
      response.end(`${padding}`);
      setImmediate(() => controller.abort(new Error('gone')));
    });
    await assert.rejects(source.ping(call(controller.signal)), { message: 'gone' });
    await source.ping(call());
  });

  test('503 with Retry-After: asked again', async () => {
    server.next((response) => response.writeHead(503, { 'retry-after': '0' }).end());
    await source.ping(call());
    assert.deepEqual(server.calls(), ['Ping', 'Ping']);
  });

  test('a wrong password', async () => {
    const other = connect(server, { LIBRARY_PASSWORD: 'wrong' });
    await assert.rejects(other.ping(call()), fails('SYSTEM_REFUSED'));
    await other.close();
  });

  test('a connection that is cut within the answer', async () => {
    server.next((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('<s:Envelope', () => response.destroy());
    });
    await assert.rejects(source.ping(call()), fails('SYSTEM_UNAVAILABLE'));
  });

  test('a system that accepts and never answers', async () => {
    const { release } = server.hold();
    await assert.rejects(source.ping(call()), fails('SYSTEM_TIMEOUT'));
    release();
  });

  test('rows without the column to go on after, and no rows but more of them', async () => {
    const answer = (content: string) =>
      envelope(`<s:Body><t:ListAuthorsResponse xmlns:t="urn:library">${content}</t:ListAuthorsResponse></s:Body>`);
    answerNext(200, answer('<t:Author><t:name>Nobody</t:name></t:Author><t:More>false</t:More>'));
    await assert.rejects(page(), fails('SYSTEM_FAILED'));
    answerNext(200, answer('<t:More>true</t:More>'));
    await assert.rejects(page(), fails('SYSTEM_FAILED'));
    answerNext(200, answer('<t:More>false</t:More><t:Total>many</t:Total>'));
    await assert.rejects(page({ count: true }), fails('SYSTEM_FAILED'));
  });

  test('a WSDL that fails is read again by the next call, and once for all calls', async () => {
    const other = connect(server);
    answerNext(200, '<nonsense');
    await assert.rejects(other.ping(call()), fails('SYSTEM_FAILED'));
    answerNext(500, '');
    await assert.rejects(other.ping(call()), fails('SYSTEM_FAILED'));
    server.calls();
    await Promise.all([other.ping(call()), other.ping(call()), other.ping(call())]);
    assert.deepEqual(server.calls(), ['wsdl', 'Ping', 'Ping', 'Ping']);
    await other.close();
  });

  test("a call that is given up while the WSDL is read doesn't stop the others", async () => {
    const other = connect(server);
    const controller = new AbortController();
    const given = other.ping(call(controller.signal));
    const waiting = other.ping(call());
    controller.abort(new Error('gone'));
    await assert.rejects(given, { message: 'gone' });
    await waiting;
    await other.close();
  });

  test("an operation that the WSDL doesn't have", async () => {
    const request = { collection: 'Loan', key: ['id'], keys: [['l1']], columns: ['id'] };
    await assert.rejects(source.byKey(request, call()), fails('SYSTEM_FAILED'));
  });

  test('never more messages in flight than the mapping allows', async () => {
    const { reached, release } = server.hold(3);
    const pings = Array.from({ length: 7 }, () => source.ping(call()));
    await reached;
    release();
    await Promise.all(pings);
    assert.equal(server.most(), 3);
  });
});
