import { WSSecurity } from 'soap';
import type { AnyContract } from '../../forms.ts';
import type { ReadSetting, Setting } from '../../settings.ts';
import { type CalledBackend, callDefaults, mappingsOf, urlIn } from '../config.ts';
import { Http } from '../http.ts';
import { SoapClient } from './client.ts';
import type { SoapOptions, UsernameToken } from './options.ts';
import { SoapSource } from './source.ts';

/** A subgraph over a system that speaks SOAP. */
export function soap<Contract = AnyContract>(stated: SoapOptions<Contract>): CalledBackend {
  // The contract's names only serve the compiler.
  const options = stated as SoapOptions;
  const { system, url, auth, types } = options;
  return {
    system,
    settings: [url, ...(auth ? [auth.user, auth.password] : [])],
    types: mappingsOf(types),
    connect: (read) => connect(options, read),
  };
}

/** A user name and password in each message's security header; the password is hashed unless `type` is `text`. */
export function usernameToken(
  user: Setting,
  password: Setting,
  { type = 'digest' }: { readonly type?: UsernameToken['type'] } = {},
): UsernameToken {
  return { user, password, type };
}

function connect(options: SoapOptions, read: ReadSetting): SoapSource {
  const { url, auth, concurrency, timeout } = { ...callDefaults, ...options };
  const password = auth ? read(auth.password) : '';
  const passwordType = auth?.type === 'text' ? 'PasswordText' : 'PasswordDigest';
  const security = auth && new WSSecurity(read(auth.user), password, { passwordType });
  const http = new Http({ concurrency, timeout, secrets: [password] });
  return new SoapSource(options, new SoapClient(http, urlIn(url, read).href, security));
}
