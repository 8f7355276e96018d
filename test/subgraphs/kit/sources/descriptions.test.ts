import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { SystemError } from '../../../../subgraphs/kit/errors.ts';
import { env, settingsFrom } from '../../../../subgraphs/kit/settings.ts';
import { columnTypes } from '../../../../subgraphs/kit/sources/rest/openapi.ts';
import { soap } from '../../../../subgraphs/kit/sources/soap/backend.ts';
import { call } from '../source-harness.ts';

// What systems say of themselves may be wrong, or made to do harm.

test('an OpenAPI schema that is made of itself twice over, and references that can’t be read', () => {
  const itself = { $ref: '#/components/schemas/Contact' };
  const schemas = {
    Contact: { allOf: [itself, itself, { properties: { name: { type: 'string' }, odd: { $ref: '#/%E0%A4%A' } } }] },
  };
  assert.deepEqual(
    columnTypes({ components: { schemas } }, 'Contact', ['name', 'odd', 'none']),
    new Map([
      ['name', 'text'],
      ['odd', 'unknown'],
    ]),
  );
});

test('columns inside the items of a list', () => {
  const address = { type: 'object', properties: { line1: { type: 'string' }, floor: { type: 'number' } } };
  const schemas = { Contact: { properties: { addresses: { type: 'array', items: address } } } };
  const columns = ['addresses', 'addresses.line1', 'addresses.floor', 'addresses.none'];
  assert.deepEqual(
    [...columnTypes({ components: { schemas } }, 'Contact', columns)],
    [
      ['addresses', 'list'],
      ['addresses.line1', 'text'],
      ['addresses.floor', 'decimal'],
    ],
  );
});

for (const [title, importOf] of [
  ['imports another without end', (i: number) => `/more-${i}`],
  ['imports a file', () => 'file:///etc/passwd'],
] as const) {
  test(`a WSDL that ${title} is given up`, async (t) => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      const location = new URL(importOf(asked), 'http://127.0.0.1').href.replace('http://127.0.0.1', origin());
      response.end(`<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:x">
        <import namespace="urn:x${asked}" location="${location}"/></definitions>`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const backend = soap({ system: 'x', url: env('X_URL', 'a URL'), ping: 'Ping', types: {} });
    const source = backend.connect(settingsFrom({ X_URL: `${origin()}/?wsdl` }));
    t.after(async () => {
      await source.close();
      server.close();
    });
    await assert.rejects(
      source.ping(call()),
      (error) => error instanceof SystemError && error.code === 'SYSTEM_FAILED',
    );
    assert.ok(asked <= 52, `${asked} documents were asked for`);
  });
}
