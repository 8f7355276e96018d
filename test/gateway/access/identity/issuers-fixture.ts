import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Caller } from '../../../../gateway/access/caller.ts';
import { CredentialError } from '../../../../gateway/access/identity/credential.ts';
import { Issuers } from '../../../../gateway/access/identity/issuers.ts';
import type { IssuerSettings } from '../../../../gateway/config-file.ts';
import { readConfigFile } from '../../../../gateway/config-reader.ts';
import { createLog } from '../../../../gateway/telemetry/log.ts';
import { audience, client, OpenIdServer, type SigningKey, signingKey } from '../../../servers/openid.ts';
import { makeFolder } from '../../../servers/process.ts';

/** Keys take a tenth of a second each to make. */
export const [keyOne, keyTwo] = await Promise.all([signingKey('one'), signingKey('two')]);

const folder = makeFolder();

export const withIntrospection = { client_id: client.id, client_secret: 'OPENID_SECRET' } as const;

/** Issuers as gateway.yaml would have them, defaults filled in. */
export function issuerSettings(...issuers: readonly object[]): readonly IssuerSettings[] {
  const path = join(folder, 'gateway.yaml');
  writeFileSync(path, JSON.stringify({ authentication: { issuers } }));
  const { settings, faults } = readConfigFile(path, true);
  assert.deepEqual(faults, []);
  return settings.authentication.issuers;
}

/** What tests of issuers need. */
export interface Setup {
  readonly server: OpenIdServer;
  readonly issuers: Issuers;
  /** Sets the issuers' clock ahead, which stands still otherwise. */
  pass(seconds: number): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** Log lines: level and message, and why where that is said. */
  readonly log: readonly string[];
}

/** Beside settings: the provider's keys, and what is done to it before issuers ask it. */
export interface Provider {
  readonly keys?: readonly SigningKey[];
  readonly first?: (server: OpenIdServer) => unknown;
}

/** A provider, and issuers that know it by `settings`. Both end with the test. */
export async function setUp(
  context: TestContext,
  settings: object = {},
  { keys = [keyOne], first }: Provider = {},
): Promise<Setup> {
  const server = await OpenIdServer.start(...keys);
  await first?.(server);
  const log: string[] = [];
  let now = Date.now();
  const issuers = new Issuers(issuerSettings({ issuer: server.issuer, audience, ...settings }), {
    environment: { OPENID_SECRET: client.secret },
    log: createLog({ level: 'debug', output: { write: (line) => log.push(told(line)) } }),
    now: () => now,
  });
  context.after(async () => {
    issuers.close();
    await server.down();
  });
  return {
    server,
    issuers,
    pass: (seconds) => {
      now += seconds * 1_000;
    },
    now: () => now,
    log,
  };
}

function told(line: string): string {
  const { level, msg, err } = JSON.parse(line);
  return `${level} ${msg}${err ? `: ${err.message}` : ''}`;
}

/** How a token is refused: `invalid: The token has expired.` Fails where it isn't. */
export async function refusalOf(issuers: Issuers, token: string): Promise<string> {
  let caller: Caller;
  try {
    caller = await issuers.verify(token);
  } catch (error) {
    assert(error instanceof CredentialError, String(error));
    assert.equal(error.cause, undefined);
    return `${error.code}: ${error.message}`;
  }
  assert.fail(`expected a refusal, got ${caller.id}`);
}
