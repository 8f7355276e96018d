import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { defaultConfigFile } from '../../gateway/config-file.ts';
import { readConfigFile } from '../../gateway/config-reader.ts';

test('all that is wrong with gateway.yaml is told at once, each with its line and what was expected', (t) => {
  const faults = faultsOf(
    t,
    `limits:
  dept: 20
  tokens: many
authentication:
  issuers:
    - issuer: http://login.example.com
      audience: junction
      algorithms: [HS256]
persisted_operations:
  only: true
`,
  );
  assert.deepEqual(faults, [
    ':6: authentication.issuers.0.issuer: expected https, as the host is another machine, got "http://login.example.com".',
    ':8: authentication.issuers.0.algorithms.0: expected one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, got "HS256".',
    ':3: limits.tokens: expected a whole number from 1 to 1000000000, got "many".',
    ':2: limits.dept: there is no such setting (did you mean "depth"?).',
    ':10: persisted_operations.only: expected "manifest" beside it.',
  ]);
});

test('a value of the wrong type is told in plain words, with what came', (t) => {
  const texts: readonly (readonly [text: string, fault: string])[] = [
    ['limits: { depth: ten }', 'limits.depth: expected a whole number from 1 to 1000000000, got "ten".'],
    ['limits: { depth: "20" }', 'limits.depth: expected a whole number from 1 to 1000000000, got "20".'],
    ['limits: { depth: 0 }', 'limits.depth: expected a whole number from 1 to 1000000000, got 0.'],
    ['limits: { depth: -0.5 }', 'limits.depth: expected a whole number from 1 to 1000000000, got -0.5.'],
    ['limits: { depth: .inf }', 'limits.depth: expected a whole number from 1 to 1000000000, got Infinity.'],
    ['limits: { depth: }', 'limits.depth: expected a whole number from 1 to 1000000000, got nothing.'],
    ['limits: { input_depth: 501 }', 'limits.input_depth: expected a whole number from 1 to 500, got 501.'],
    ['limits: 5', 'limits: expected settings below it, got 5.'],
    ['limits: [5]', 'limits: expected settings below it, got a list.'],
    ['limits: { rate: { burst: true } }', 'limits.rate.burst: expected a whole number from 1 to 1000000000, got true.'],
    ['- limits', 'expected settings below it, got a list.'],
    ['authentication: { api_keys: 5 }', 'authentication.api_keys: expected a text, got 5.'],
    [
      'authentication: { api_keys: "" }',
      "authentication.api_keys: expected a text that isn't empty, got an empty text.",
    ],
    ['authentication: { issuers: yes }', 'authentication.issuers: expected a list, got "yes".'],
    [
      'authentication: { issuers: [{ audience: junction, issuer: https://login.example.com, algorithms: [] }] }',
      'authentication.issuers.0.algorithms: expected a list of at least one, got an empty list.',
    ],
    [
      'authentication: { issuers: [{ issuer: https://login.example.com }] }',
      'authentication.issuers.0.audience: expected a text, or a list of texts, got nothing.',
    ],
    [
      'authentication: { issuers: [{ audience: junction, issuer: login }] }',
      'authentication.issuers.0.issuer: expected a URL, such as https://login.example.com, got "login".',
    ],
    [
      'authentication: { issuers: [{ audience: junction, issuer: https://login.example.com, clock_skew_s: 601 }] }',
      'authentication.issuers.0.clock_skew_s: expected a whole number from 0 to 600, got 601.',
    ],
    ['authorization: { mode: strict }', 'authorization.mode: expected one of filter, reject, got "strict".'],
    ['authorization: { policies: [a] }', 'authorization.policies: expected names with values below it, got a list.'],
    [
      'authorization: { policies: { "": { scope: a } } }',
      "authorization.policies.: expected a name that isn't empty, got an empty text.",
    ],
    [
      'authorization: { policies: { a: { claim: b } } }',
      'authorization.policies.a: expected { claim, equals | in | contains | exists }, { scope }, { all: [] }, { any: [] } or { not }, got settings below it.',
    ],
    ['persisted_operations: { automatic: "on" }', 'persisted_operations.automatic: expected true or false, got "on".'],
    [
      'trusted_proxies: [proxy]',
      'trusted_proxies.0: expected an IP address, or a network such as 10.0.0.0/8, got "proxy".',
    ],
    ['cors: { origins: ["*"] }', 'cors.origins.0: expected an origin such as https://app.example.com, got "*".'],
    [
      'subgraphs: { forward_headers: [X-Tenant] }',
      'subgraphs.forward_headers.0: expected a header name in lower case, got "X-Tenant".',
    ],
  ];
  for (const [text, fault] of texts)
    assert.deepEqual(
      faultsOf(t, text).map((each) => each.replace(/^(:1)?: /, '')),
      [fault],
    );
});

test('what may be a secret is not shown', (t) => {
  const issuer = (text: string) => `authentication:
  issuers:
    - issuer: https://login.example.com
      audience: junction
      ${text}
`;
  for (const [text, got] of [
    [issuer('introspection: { client_id: junction, client_secret: 4711-s3cret }'), 'a text'],
    [issuer('introspection: { client_id: junction, client_secret: 4711 }'), 'a number'],
    [issuer('jwks_uri: http://joe:s3cret-4711@login.example.com/keys?token=4711'), '"http://login.example.com"'],
    [issuer('jwks_uri: joe:s3cret-4711@login.example.com'), 'a text'],
    [issuer('jwks_uri: https://joe:4711@[/'), 'a URL that is none'],
    [issuer(`clock_skew_s: ${'4711'.repeat(20)}x`), 'a text'],
    [issuer('clock_skew_s: password=4711'), '"password=…"'],
    ['authorization: { mode: { secret: 4711 } }', 'settings below it'],
  ] as const) {
    const faults = faultsOf(t, text);
    assert.doesNotMatch(faults.join(), /4711/);
    assert.ok(faults.length === 1 && faults[0]?.endsWith(`, got ${got}.`), faults.join());
  }
});

test('a fault stands at the line of its name, whatever that is set to', (t) => {
  const text = `authentification:
  issuers: []
authentication:
  issuers:
    - issuer: https://login.example.com
      audience: 12
      jwks: keys
`;
  assert.deepEqual(faultsOf(t, text), [
    ':6: authentication.issuers.0.audience: expected a text, or a list of texts, got 12.',
    ':7: authentication.issuers.0.jwks: there is no such setting.',
    ':1: authentification: there is no such setting (did you mean "authentication"?).',
  ]);
});

test('people sign in at the console where the gateway knows tokens of', (t) => {
  const console = `console:
  sign_in:
    client_id: junction-console
    issuer: https://login.example.com/other
`;
  const known = `authentication:
  issuers:
    - { issuer: https://login.example.com, audience: junction }
`;
  const refused = ': else Junction would refuse the tokens of whoever signs in there.';
  assert.deepEqual(faultsOf(t, console), [
    `:4: console.sign_in.issuer: expected an issuer that is among authentication.issuers, which has none, got https://login.example.com/other${refused}`,
  ]);
  assert.deepEqual(faultsOf(t, console + known), [
    `:4: console.sign_in.issuer: expected one of authentication.issuers (https://login.example.com), got https://login.example.com/other${refused}`,
  ]);
  assert.deepEqual(faultsOf(t, console.replace('/other', '') + known), []);
});

test('http is for this machine alone, whatever a URL looks like', (t) => {
  const urls = {
    'http://localhost:8080': true,
    'http://127.0.0.1': true,
    'http://[::1]:8080/realms/a': true,
    'https://login.example.com': true,
    'http://localhost:8080@login.example.com': false,
    'http://localhost.example.com': false,
    'http://127.0.0.1.example.com': false,
    'http://10.0.0.1': false,
  };
  const taken = Object.keys(urls).map((url) => {
    const file = { authentication: { issuers: [{ issuer: url, audience: 'junction' }] } };
    return [url, faultsOf(t, JSON.stringify(file)).length === 0];
  });
  assert.deepEqual(Object.fromEntries(taken), urls);
});

test('without a file all is as it is by default; a file that is named has to be there', () => {
  const path = '/nowhere/gateway.yaml';
  assert.deepEqual(readConfigFile(path, false), { settings: defaultConfigFile, faults: [] });
  assert.deepEqual(readConfigFile(path, true).faults, [`${path}: there is no such file.`]);
});

/** The faults of a file with this text, without its path, which each begins with. */
function faultsOf(t: TestContext, text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'gateway.yaml');
  writeFileSync(path, text);
  return readConfigFile(path, true).faults.map((fault) => {
    assert.ok(fault.startsWith(path));
    return fault.slice(path.length);
  });
}
