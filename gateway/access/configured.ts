import type { Logger } from 'pino';
import type { Redis } from '../../subgraphs/kit/redis.ts';
import { developmentKeys } from '../../subgraphs/kit/trust/development-keys.ts';
import { KeyRing, readKeys } from '../../subgraphs/kit/trust/keys.ts';
import { MemoryNonces } from '../../subgraphs/kit/trust/nonces.ts';
import { SharedNonces } from '../../subgraphs/kit/trust/shared-nonces.ts';
import { Signer } from '../../subgraphs/kit/trust/signer.ts';
import { defaultWindowMs, type Trust } from '../../subgraphs/kit/trust/verifier.ts';
import { type Config, ConfigError } from '../config.ts';
import type { SignerOf } from '../supergraph/schema.ts';
import { type Access, openAccess } from './access.ts';
import { ApiKeys } from './identity/api-keys.ts';
import { DemoIssuer } from './identity/demo-callers.ts';
import { Issuers, issuerFaults } from './identity/issuers.ts';

/** What configured access needs beside the settings. */
export interface ConfiguredOptions {
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Signs caller tokens. */
  readonly keyRing: Promise<KeyRing | undefined>;
  readonly log: Logger;
}

/** Access as it is configured, and who its demo callers are. */
export interface ConfiguredAccess {
  readonly access: Access;
  /** In development only. */
  readonly demo: DemoIssuer | undefined;
}

/** Opens access as gateway.yaml and the environment say. Errors: with all faults at once. */
export async function configuredAccess(options: ConfiguredOptions): Promise<ConfiguredAccess> {
  const { config, environment, log } = options;
  const { file, authentication, production, cacheUrl } = config;
  const { issuers: settings, api_keys, certificates } = file.authentication;
  const faults = authentication ? issuerFaults(settings, environment) : [];
  const keys = authentication ? await ApiKeys.open({ file: api_keys, log }) : undefined;
  const isKnown = settings.length > 0 || (keys?.size ?? 0) > 0 || (certificates.length > 0 && file.tls?.client_ca);
  // What a file with faults says of callers isn't known; its faults are told.
  if (production && authentication && !isKnown && !config.fileRefused) faults.push(nobody(api_keys));
  if (faults.length > 0) {
    keys?.close();
    throw new ConfigError(faults);
  }
  const keyRing = await options.keyRing;
  if (!authentication) log.warn('AUTHENTICATION=off: nobody has to say who they are, and everybody may ask everything');
  // Redis' library takes a while to load.
  const redis: Redis | undefined =
    cacheUrl === undefined ? undefined : (await import('../../subgraphs/kit/redis.ts')).openRedis(cacheUrl, { log });
  const issuers = authentication && settings.length > 0 ? new Issuers(settings, { environment, log }) : undefined;
  const demo = authentication && config.demoSecret ? new DemoIssuer(config.demoSecret) : undefined;
  const anonymous = admitsAnonymous(config);
  const access = await openAccess({ file, authentication, anonymous, issuers, keys, demo, keyRing, redis, log }).catch(
    async (error: unknown) => {
      for (const each of [issuers, keys, demo]) each?.close();
      await redis?.close();
      throw error;
    },
  );
  const close = async () => {
    await access.close();
    await redis?.close();
  };
  return { access: { ...access, close }, demo };
}

/** Whether somebody who doesn't say who they are may ask for what no rule guards: in development, unless gateway.yaml says otherwise. */
export function admitsAnonymous({ file, production }: Config): boolean {
  return (file.authorization.anonymous ?? (production ? 'refuse' : 'allow')) === 'allow';
}

function nobody(keyFile: string): string {
  return `gateway.yaml: nobody could be told from anybody else. Expected authentication.issuers, authentication.certificates with tls.client_ca, or API keys in ${keyFile} (npm run keys -- create NAME --scopes …); or AUTHENTICATION=off, with which everybody may ask everything.`;
}

/**
 * The keys that gateway and subgraphs share, as SUBGRAPH_KEYS has them: undefined for `none`. In development they are in a file beside the
 * demo data where that isn't set. Errors: ConfigError.
 */
export function subgraphKeys({ subgraphKeys: text, production, demoFolder }: Config): KeyRing | undefined {
  if (text === undefined && production)
    throw new ConfigError([
      'SUBGRAPH_KEYS: not set. Expected the keys that gateway and subgraphs share, such as "k1:" and what "openssl rand -base64 32" says; or none, with which subgraphs answer everybody who reaches them.',
    ]);
  const { keys, faults } = text === undefined ? developmentKeys(demoFolder) : readKeys(text);
  if (faults.length > 0)
    throw new ConfigError(text === undefined ? faults : faults.map((each) => `SUBGRAPH_KEYS: ${each}`));
  return keys && new KeyRing(keys);
}

/** What signs requests to each subgraph with these keys. */
export function signersWith(keyRing: KeyRing | undefined): SignerOf {
  return (subgraph) => keyRing && new Signer(keyRing, subgraph);
}

/** By what a subgraph that runs by itself knows its gateway, and what closes that. Errors: ConfigError. */
export async function subgraphTrust(
  config: Config,
  log: Logger,
): Promise<{ readonly trust: Trust | undefined; close(): Promise<void> }> {
  const keys = subgraphKeys(config);
  if (!keys) {
    log.warn('SUBGRAPH_KEYS=none: everybody who reaches this subgraph is answered');
    return { trust: undefined, close: async () => {} };
  }
  const own = new MemoryNonces({ longestMs: 2 * defaultWindowMs });
  const { cacheUrl } = config;
  if (cacheUrl === undefined) return { trust: { keys, nonces: own }, close: async () => {} };
  const redis = (await import('../../subgraphs/kit/redis.ts')).openRedis(cacheUrl, { log });
  return { trust: { keys, nonces: new SharedNonces(redis, own, log) }, close: () => redis.close() };
}
