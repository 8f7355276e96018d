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
    ':6: authentication.issuers.0.issuer: expected https, as the host is another machine.',
    ':8: authentication.issuers.0.algorithms.0: expected one of "RS256"|"RS384"|"RS512"|"PS256"|"PS384"|"PS512"|"ES256"|"ES384"|"ES512"|"EdDSA".',
    ':3: limits.tokens: expected number, received string.',
    ':2: limits.dept: there is no such setting (did you mean "depth"?).',
    ':10: persisted_operations.only: expected "manifest" beside it.',
  ]);
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
    ':6: authentication.issuers.0.audience: expected a text, or a list of texts.',
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
