import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from 'pino';
import { failureOf, faultsOf, MixedError } from '../../gateway/faults.ts';
import { StatusKeeper } from '../../gateway/supergraph/status.ts';
import { StartupError } from '../../subgraphs/kit/errors.ts';
import { env, missingSettings } from '../../subgraphs/kit/settings.ts';
import { sql } from '../../subgraphs/kit/sources/sql/backend.ts';

function systemError(code: string, syscall: string, more: object = {}): Error {
  return Object.assign(new Error(code), { code, syscall, ...more });
}

test('what a port, a host or a file is at fault for is told of that', () => {
  assert.deepEqual(faultsOf(systemError('EACCES', 'listen', { port: 80 })), [
    'PORT: 80 is not allowed to this user (EACCES). Below 1024 a right of its own is needed: set PORT to another, such as 8080.',
  ]);
  const host = (name: string, code: string) =>
    `HOST: "${name}" is no address of this machine (${code}). Expected 127.0.0.1, 0.0.0.0 for all that it has, or one of them.`;
  assert.deepEqual(faultsOf(systemError('ENOTFOUND', 'getaddrinfo', { hostname: 'x.example' })), [
    host('x.example', 'ENOTFOUND'),
  ]);
  assert.deepEqual(faultsOf(systemError('EADDRNOTAVAIL', 'listen', { address: '10.9.8.7', port: 80 })), [
    host('10.9.8.7', 'EADDRNOTAVAIL'),
  ]);
  assert.deepEqual(faultsOf(systemError('EINVAL', 'listen')), [
    "HOST, PORT: can't listen there (EINVAL). Expected an address of this machine and a port that is allowed.",
  ]);
  assert.deepEqual(faultsOf(systemError('EACCES', 'open', { path: 'supergraph.yaml' })), [
    "supergraph.yaml: can't be read or written (EACCES). This user needs the permission: see ls -l.",
  ]);
  assert.equal(faultsOf(systemError('ECONNREFUSED', 'connect')), undefined);
});

test('an error of Junction itself hides no fault, and the same fault is told once', () => {
  const failed = (reason: unknown) => ({ status: 'rejected', reason }) as const;
  const unexpected = new Error('unexpected');
  const both = failureOf([failed(unexpected), failed(new StartupError(['a', 'b'])), failed(new StartupError(['b']))]);
  assert.ok(both instanceof MixedError);
  assert.deepEqual([both.faults, both.cause], [['a', 'b'], unexpected]);
  assert.equal(failureOf([failed(unexpected)]), unexpected);
});

test('a variable that is missing while the gateway runs: a restart is what it needs', () => {
  const log = { error() {}, info() {} } as unknown as Logger;
  const keeper = new StatusKeeper(log);
  keeper.outdated(new StartupError(['depot: DEPOT_URL: not set. Expected a URL.']));
  assert.deepEqual('faults' in keeper.status && keeper.status.faults, [
    'depot: DEPOT_URL: not set. Expected a URL.',
    'A running gateway sees a new variable only after a restart.',
  ]);
});

test('a variable that two types name is told once', () => {
  const type = { table: 't', key: { id: 'id' }, where: { tenant: env('TENANT', 'the number of our tenant') } };
  const { settings } = sql({ system: 'shop', url: env('SHOP_URL', 'a URL'), types: { A: type, B: type } });
  assert.deepEqual(missingSettings(settings, {}), [
    'SHOP_URL: not set. Expected a URL.',
    'TENANT: not set. Expected the number of our tenant.',
  ]);
});
