import type { AnyContract } from '../../forms.ts';
import { distinct, type ReadSetting, type Setting } from '../../settings.ts';
import { type CalledBackend, callDefaults, mappingsOf, urlIn } from '../config.ts';
import { Http } from '../http.ts';
import { RestClient } from './client.ts';
import type { RestAuth, RestOptions } from './options.ts';
import { RestSource } from './source.ts';

/** A subgraph over a system that speaks JSON over HTTP. */
export function rest<Contract = AnyContract>(stated: RestOptions<Contract>): CalledBackend {
  // The contract's names only serve the compiler.
  const options = stated as RestOptions;
  const { system, url, auth, headers = {} } = options;
  const inHeaders = Object.values(headers).filter((value) => typeof value !== 'string');
  return {
    system,
    settings: distinct([url, ...(auth ? [auth.secret] : []), ...inHeaders]),
    types: mappingsOf(options.types),
    connect: (read) => connect(options, read),
  };
}

/** A bearer token (RFC 6750) in the Authorization header. */
export function bearer(token: Setting): RestAuth {
  return { header: 'authorization', prefix: 'Bearer ', secret: token };
}

/** A key in a header of its own, such as `X-Api-Key`. */
export function apiKey(header: string, key: Setting): RestAuth {
  return { header: header.toLowerCase(), prefix: '', secret: key };
}

function connect(options: RestOptions, read: ReadSetting): RestSource {
  const { url, auth, concurrency, timeout } = { ...callDefaults, ...options };
  const secret = auth ? read(auth.secret).trim() : '';
  const headers: Record<string, string> = auth ? { [auth.header]: auth.prefix + secret } : {};
  const secrets = [secret];
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    const text = typeof value === 'string' ? value : read(value).trim();
    headers[name.toLowerCase()] = text;
    if (typeof value !== 'string') secrets.push(text);
  }
  const http = new Http({ concurrency, timeout, secrets });
  const base = urlIn(url, read).href.replace(/\/+$/, '');
  return new RestSource(options, new RestClient(http, base, headers));
}
