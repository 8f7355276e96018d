import type { Backend } from '../../mapping.ts';
import type { ReadSetting, Setting } from '../../settings.ts';
import { callDefaults, mappingsOf, urlIn } from '../config.ts';
import { Http } from '../http.ts';
import { RestClient } from './client.ts';
import type { RestAuth, RestOptions } from './options.ts';
import { RestSource } from './source.ts';

/** A subgraph over a system that speaks JSON over HTTP. */
export function rest(options: RestOptions): Backend {
  return {
    system: options.system,
    settings: [options.url, ...(options.auth ? [options.auth.secret] : [])],
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
  const http = new Http({ concurrency, timeout, secrets: [secret] });
  const base = urlIn(url, read).href.replace(/\/+$/, '');
  const headers: Record<string, string> = auth ? { [auth.header]: auth.prefix + secret } : {};
  return new RestSource(options, new RestClient(http, base, headers));
}
