import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerEncoding, answerType, isJson } from '../../../gateway/http/accept.ts';

const json = 'application/json';
const response = 'application/graphql-response+json';

test('an Accept header chooses the media type: by weight, then by name, then by place', () => {
  const headers: Record<string, string | undefined> = {
    '': json,
    '*/*': json,
    'application/*': json,
    'application/json': json,
    'application/graphql-response+json': response,
    'APPLICATION/GraphQL-response+JSON': response,
    'application/graphql-response+json, application/json': response,
    'application/json, application/graphql-response+json': json,
    'application/json, application/graphql-response+json;q=0.9': json,
    'application/json;q=0.9, application/graphql-response+json': response,
    'application/json; q=0.5, */*; q=0.8': response,
    'application/graphql-response+json, */*': response,
    'application/json;q=0, */*': response,
    'application/graphql-response+json;q=0, application/*;q=0.1': json,
    'application/json;q=0': undefined,
    '*/*;q=0': undefined,
    'text/html': undefined,
    'text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8': json,
    'text/html, image/gif, *; q=.2, */*; q=.2': json,
    'application/json; charset="utf-8"': json,
    'application/json; charset=UTF-8': json,
    'application/json; charset=latin1': undefined,
    'application/json; charset=latin1, application/graphql-response+json': response,
    'text/x; a="b,application/json"': undefined,
    'application/json;q=2': undefined,
    ',,': undefined,
  };
  const chosen = Object.keys(headers).map((header) => [header, answerType(header)]);
  assert.deepEqual(Object.fromEntries(chosen), headers);
  // The second time from memory, that something was refused, too.
  assert.deepEqual(
    Object.keys(headers).map((header) => answerType(header)),
    Object.values(headers),
  );
});

test('a content type is JSON in UTF-8, however it is written', () => {
  const types = {
    'application/json': true,
    'application/json;charset=utf-8': true,
    'application/json; charset="utf-8"': true,
    'Application/JSON; CHARSET=UTF8': true,
    'application/json; boundary=x; charset=utf-8': true,
    'application/json; charset=utf-16': false,
    'application/graphql': false,
    'text/plain': false,
    '': false,
    json: false,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(types).map((type) => [type, isJson(type)])), types);
});

test('an Accept-Encoding header chooses the compression', () => {
  const headers: Record<string, string | undefined> = {
    '': undefined,
    identity: undefined,
    gzip: 'gzip',
    'gzip, deflate, br, zstd': 'br',
    'gzip;q=1.0, br;q=0.5': 'gzip',
    'br;q=0, gzip': 'gzip',
    'gzip;q=0, br;q=0': undefined,
    '*': 'br',
    '*;q=0': undefined,
    'deflate, zstd': undefined,
    'br;q=0, *': 'gzip',
  };
  const chosen = Object.keys(headers).map((header) => [header, answerEncoding(header)]);
  assert.deepEqual(Object.fromEntries(chosen), headers);
});
