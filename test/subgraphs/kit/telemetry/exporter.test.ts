import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OtlpExporter } from '../../../../subgraphs/kit/telemetry/exporter.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A receiver that gives these answers one after the other, the last from then on. */
async function receiver(t: TestContext, ...answers: readonly [Answer, ...Answer[]]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['x-token']}`);
    request.resume().on('end', () => answers[Math.min(asked.length, answers.length) - 1]?.(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`) };
}

const taken: Answer = (_request, response) => void response.end('{}');
const silent: Answer = () => {};

async function sent(url: URL, timeoutMs: number): Promise<ExportResult> {
  const exporter = new OtlpExporter({ url, headers: { 'x-token': 'abc' }, timeoutMs });
  const result = await new Promise<ExportResult>((resolve) => exporter.export([], resolve));
  await exporter.shutdown();
  return result;
}

function codeOf({ code, error }: ExportResult): unknown {
  return code === ExportResultCode.SUCCESS ? 'taken' : (error as { code?: unknown } | undefined)?.code;
}

test('a receiver that is throttled for a moment gets the spans again', async (t) => {
  const { asked, url } = await receiver(
    t,
    (_request, response) => void response.writeHead(503, { 'retry-after': '0' }).end(),
    taken,
  );
  assert.equal(codeOf(await sent(url, 5_000)), 'taken');
  assert.deepEqual(asked, ['POST /v1/traces abc', 'POST /v1/traces abc']);
});

test('what does not change by itself is not sent again', async (t) => {
  for (const status of [400, 401, 404, 500]) {
    const { asked, url } = await receiver(t, (_request, response) => void response.writeHead(status).end('why'));
    assert.equal(codeOf(await sent(url, 5_000)), status);
    assert.equal(asked.length, 1);
  }
});

test('all attempts together take as long as one may', async (t) => {
  const never = await receiver(t, silent);
  assert.equal(codeOf(await sent(never.url, 100)), 'TIMEOUT');
  const full = await receiver(t, (_request, response) => void response.writeHead(429).end());
  const begun = performance.now();
  assert.equal(codeOf(await sent(full.url, 100)), 'TIMEOUT');
  assert.ok(performance.now() - begun < 900, 'it did not wait for the next attempt');
});

test('an end waits for what is under way; one without patience leaves nothing that runs', async (t) => {
  const arrived = Promise.withResolvers<ServerResponse>();
  const { url } = await receiver(t, (_request, response) => arrived.resolve(response), silent);
  const open = () => new OtlpExporter({ url, headers: {}, timeoutMs: 60_000 });
  const [patient, impatient] = [open(), open()];
  const result = new Promise<ExportResult>((resolve) => patient.export([], resolve));
  const response = await arrived.promise;
  const end = patient.shutdown();
  response.end('{}');
  assert.equal(codeOf(await result), 'taken');
  await end;
  const lost = new Promise<ExportResult>((resolve) => impatient.export([], resolve));
  await impatient.destroy();
  assert.equal(codeOf(await lost), 'TIMEOUT');
  assert.deepEqual(
    process.getActiveResourcesInfo().filter((each) => each === 'Timeout'),
    [],
  );
});
