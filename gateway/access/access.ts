import type { Logger } from 'pino';
import type { Redis } from '../../subgraphs/kit/redis.ts';
import type { KeyRing } from '../../subgraphs/kit/trust/keys.ts';
import { type ConfigFile, defaultConfigFile } from '../config-file.ts';
import { PersistedOperations } from '../operations/persisted/persisted.ts';
import { FetchCallers } from '../transport/caller.ts';
import { Admission } from './admission.ts';
import type { ApiKeys } from './identity/api-keys.ts';
import { Authenticator } from './identity/authenticator.ts';
import type { TokenVerifier } from './identity/credential.ts';
import type { DemoIssuer } from './identity/demo-callers.ts';
import { RequestLimits } from './limits/requests.ts';
import { Policies } from './policies/policies.ts';

/** All that decides who may ask what, and how much. Every transport passes a request through it. */
export interface Access {
  readonly admission: Admission;
  readonly policies: Policies;
  readonly persisted: PersistedOperations;
  /** What subgraphs get of callers. */
  readonly callers: FetchCallers;
  readonly limits: ConfigFile['limits'];
  /** Whether an operation of which a part is refused is refused as a whole. */
  readonly rejects: boolean;
  close(): Promise<void>;
}

/** What access is made of. What is given is closed with it, but for the Redis; not where opening it fails. */
export interface AccessOptions {
  readonly file: ConfigFile;
  /** Whether callers have to say who they are. Where they don't, no rule is asked. */
  readonly authentication: boolean;
  /** Whether somebody who doesn't say who they are may ask for what no rule guards. */
  readonly anonymous: boolean;
  readonly issuers?: TokenVerifier | undefined;
  readonly keys?: ApiKeys | undefined;
  readonly demo?: DemoIssuer | undefined;
  /** What signs caller tokens. */
  readonly keyRing?: KeyRing | undefined;
  /** What replicas share. */
  readonly redis?: Redis | undefined;
  readonly log: Logger;
}

/** Opens access. Errors: StartupError with all faults of the manifest of persisted operations. */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { file, authentication, anonymous, issuers, keys, demo, keyRing, redis, log } = options;
  const persisted = await PersistedOperations.open(file.persisted_operations, { redis, log });
  const authenticator = new Authenticator({
    authentication,
    issuers,
    keys,
    demo,
    certificates: file.authentication.certificates,
    trustedProxies: file.trusted_proxies,
  });
  const requests = new RequestLimits(file.limits, { log, ...(redis && { redis }) });
  const policies = new Policies(file.authorization, { log });
  return {
    admission: new Admission({ authenticator, requests, anonymous }),
    policies,
    persisted,
    callers: new FetchCallers({ settings: file.subgraphs, keys: keyRing }),
    limits: file.limits,
    rejects: file.authorization.mode === 'reject',
    async close() {
      authenticator.close();
      requests.close();
      await Promise.all([persisted.close(), policies.close()]);
    },
  };
}

/** Access where everybody may ask everything, within the usual limits. */
export function openToAll(log: Logger, file: ConfigFile = defaultConfigFile): Promise<Access> {
  return openAccess({ file, authentication: false, anonymous: true, log });
}
