import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyRing } from '../../../../subgraphs/kit/trust/keys.ts';
import {
  componentNames,
  contentDigest,
  hmacSha256,
  signatureBase,
  tagOf,
} from '../../../../subgraphs/kit/trust/signature.ts';
import { Signer } from '../../../../subgraphs/kit/trust/signer.ts';
import { keyOf, type Message, message, noon, pair, tokenOf, verdict } from './fixture.ts';

test('the vector of RFC 9421, appendix B.2.5', () => {
  const secret = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==';
  const date = 'Tue, 20 Apr 2021 02:07:55 GMT';
  const components = ['date', date, '@authority', 'example.com', 'content-type', 'application/json'];
  const parameters = `${componentNames(components)};created=1618884473;keyid="test-shared-secret"`;
  const base = signatureBase(components, parameters);
  assert.equal(
    base,
    `"date": Tue, 20 Apr 2021 02:07:55 GMT
"@authority": example.com
"content-type": application/json
"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"`,
  );
  const key = createSecretKey(Buffer.from(secret, 'base64'));
  assert.equal(hmacSha256(key, base), 'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=');
});

test('the vector of RFC 9530, appendix B.1', () => {
  // The digest of its example, section B.1: {"hello": "world"} and a line feed.
  assert.equal(contentDigest('{"hello": "world"}\n'), 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:');
});

test('what is sent', () => {
  const { signer } = pair();
  const { headers } = message(signer, {
    query: '?v=1',
    covered: { authorization: 'Bearer x', 'accept-language': 'de' },
  });
  const covered = '("@method" "@path" "@query" "content-digest" "authorization" "accept-language")';
  assert.deepEqual(Object.keys(headers), [
    'authorization',
    'accept-language',
    'content-digest',
    'signature-input',
    'signature',
  ]);
  const nonce = /nonce="([\w-]{16}\.[0-9a-z]+)"/.exec(headers['signature-input'] ?? '')?.[1];
  assert.equal(
    headers['signature-input'],
    `junction=${covered};created=${noon / 1000};nonce="${nonce}";keyid="k1";alg="hmac-sha256";tag="junction:orders"`,
  );
  assert.match(headers.signature ?? '', /^junction=:[A-Za-z0-9+/]{43}=:$/);
});

test('what was signed is accepted, whatever is in it', async () => {
  const { signer, verifier, keys } = pair();
  const authorization = `Bearer ${tokenOf(keys.signing, { sub: '1' })}`;
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary' }),
      fc.option(fc.webQueryParameters(), { nil: undefined }),
      fc.string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)) }),
      fc.boolean(),
      async (body, query, header, known) => {
        const covered = { 'x-tenant': header, ...(known && { authorization }) };
        const sent = message(signer, { body, query: query ? `?${query}` : '', covered });
        assert.deepEqual(await verdict(verifier, sent), known ? { sub: '1' } : undefined);
      },
    ),
    { numRuns: 300 },
  );
});

test('any changed byte is refused', async () => {
  const { signer, verifier, keys } = pair();
  const authorization = `Bearer ${tokenOf(keys.signing, { sub: '1' })}`;
  const sent = message(signer, { query: '?v=1', covered: { authorization, 'accept-language': 'de-DE' } });
  const places = [
    ...['method', 'url', 'body'].map((part) => [part, String(sent[part as keyof Message])] as const),
    ...Object.entries(sent.headers).map(([name, value]) => [`headers.${name}`, value] as const),
  ];
  // Each byte of each part, and three that it becomes by chance.
  const each = places.flatMap(([place, text]) => Array.from(text, (_, at) => ({ place, text, at })));
  let refused = 0;
  for (const { place, text, at } of each) {
    const others = fc.integer({ min: 0x20, max: 0x7e }).filter((code) => code !== text.charCodeAt(at));
    for (const other of fc.sample(others, 3)) {
      const changed = text.slice(0, at) + String.fromCharCode(other) + text.slice(at + 1);
      const said = await verdict(verifier, put(sent, place, changed));
      assert.equal(typeof said, 'string', `${place}, character ${at}, "${text[at]}" made "${changed[at]}"`);
      refused += 1;
    }
  }
  assert.ok(refused > 1_500, String(refused));
  assert.deepEqual(await verdict(verifier, sent), { sub: '1' }, 'and what was signed still counts');
});

test('anything taken away, doubled or added is refused', async () => {
  const { signer, verifier, keys } = pair();
  const authorization = `Bearer ${tokenOf(keys.signing, { sub: '1' })}`;
  const sent = message(signer, { covered: { authorization } });
  const bare = message(signer);
  const without = (name: string) => {
    const { [name]: _, ...headers } = sent.headers;
    return { ...sent, headers };
  };
  const doubled = (name: string) => put(sent, `headers.${name}`, `${sent.headers[name]}, ${sent.headers[name]}`);
  const { signature } = sent.headers;
  for (const [message, reason] of [
    [{ ...sent, headers: {} }, /^The request is not signed\.$/],
    [without('signature'), /cannot be read/],
    [without('signature-input'), /cannot be read/],
    [without('content-digest'), /covers what the request does not have/],
    [without('authorization'), /covers what the request does not have/],
    [doubled('signature'), /not as it was signed/],
    [doubled('signature-input'), /cannot be read/],
    [doubled('content-digest'), /not as it was signed/],
    [{ ...sent, body: '' }, /not the one that was signed/],
    [{ ...sent, url: '/graphql?a' }, /does not cover "@query"/],
    [{ ...bare, headers: { ...bare.headers, authorization } }, /does not cover "authorization"/],
    [put(sent, 'headers.signature', `other${signature?.slice('junction'.length)}`), /cannot be read/],
  ] as const) {
    assert.match(String(await verdict(verifier, message)), reason);
  }
});

test('covering less than is needed is refused, also by who has the key', async () => {
  const { verifier, keys } = pair();
  const digest = contentDigest('{}');
  const all = { '@method': 'POST', '@path': '/graphql', 'content-digest': digest };
  const given = `;created=${noon / 1000};nonce="n1";keyid="k1";alg="hmac-sha256";tag="junction:orders"`;
  const sent = (components: Record<string, string>, parameters = given, body = '{}') => {
    const flat = Object.entries(components).flat();
    const input = `${componentNames(flat)}${parameters}`;
    const signature = hmacSha256(keys.signing.secret, signatureBase(flat, input));
    const headers = { 'content-digest': digest, 'signature-input': `s=${input}`, signature: `s=:${signature}:` };
    return { method: 'POST', url: '/graphql', headers, body };
  };
  for (const name of ['@method', '@path', 'content-digest'] as const) {
    const { [name]: _, ...rest } = all;
    assert.equal(await verdict(verifier, sent(rest)), `The signature does not cover "${name}".`);
  }
  for (const name of ['created', 'nonce', 'keyid', 'alg', 'tag']) {
    const parameters = given.replace(new RegExp(`;${name}=[^;]*`), '');
    assert.match(String(await verdict(verifier, sent(all, parameters))), /cannot be read/, name);
    assert.match(String(await verdict(verifier, sent(all, `${given};${name}="1"`))), /cannot be read/, name);
  }
  const otherAlg = given.replace('hmac-sha256', 'ed25519');
  assert.match(String(await verdict(verifier, sent(all, otherAlg))), /other "alg" or "tag"/);
  // In any order, and with parameters of its own: what another library makes is as good.
  const other = `;tag="junction:orders";alg="hmac-sha256";keyid="k1";x=1;nonce="n1";created=${noon / 1000}`;
  assert.equal(await verdict(verifier, sent(all, other)), undefined);
});

test('a fetch from one subgraph counts for nothing at another', async () => {
  const { keys, now, verifier } = pair();
  const sent = message(new Signer(keys, 'finance', now));
  assert.match(String(await verdict(verifier, sent)), /for this subgraph/);
  assert.notEqual(tagOf('a b"'), tagOf('a%20b"'));
});

test('a key that is not known, and one that has the id of a known one', async () => {
  const { verifier, now } = pair();
  const unknown = message(new Signer(new KeyRing([keyOf('k2')]), 'orders', now));
  assert.equal(await verdict(verifier, unknown), 'The request is signed with a key that is not known here.');
  const forged = message(new Signer(new KeyRing([keyOf('k1', 7)]), 'orders', now));
  assert.equal(await verdict(verifier, forged), 'The request is not as it was signed.');
});

test('stale: a minute either way', async () => {
  const { signer, verifier, clock } = pair();
  const said = async (ms: number) => {
    clock.now = noon;
    const sent = message(signer);
    clock.now = noon + ms;
    return verdict(verifier, sent);
  };
  assert.equal(await said(59_999), undefined);
  assert.equal(await said(-59_999), undefined);
  assert.equal(await said(60_000), 'The request was signed 60 s ago: expected less than 60 s.');
  assert.equal(await said(3_600_000), 'The request was signed 3600 s ago: expected less than 60 s.');
  assert.equal(await said(-61_000), 'The request was signed 61 s ahead of our clock: expected less than 60 s.');
});

test('keys rotate', async () => {
  const { signer, verifier, keys } = pair();
  const before = [message(signer), message(signer)];
  keys.replace([keyOf('k1'), keyOf('k2')]);
  assert.equal(await verdict(verifier, message(signer)), undefined);
  keys.replace([keyOf('k2'), keyOf('k1')]);
  const after = message(signer);
  assert.match(after.headers['signature-input'] ?? '', /keyid="k2"/);
  assert.equal(await verdict(verifier, after), undefined);
  assert.equal(await verdict(verifier, before[0] as Message), undefined, 'the old one still verifies');
  keys.replace([keyOf('k2')]);
  assert.match(String(await verdict(verifier, before[1] as Message)), /key that is not known/);
  assert.equal(await verdict(verifier, message(signer)), undefined);
});

function put(message: Message, place: string, value: string): Message {
  const [, name] = /^headers\.(.+)$/.exec(place) ?? [];
  return name ? { ...message, headers: { ...message.headers, [name]: value } } : { ...message, [place]: value };
}
