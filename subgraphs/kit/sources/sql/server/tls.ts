import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';

/** How a server's certificate is checked and what we show of ourselves; the names are those of `tls.connect`. */
export interface Tls {
  /** Whether the certificate must come from an authority that is trusted. */
  readonly rejectUnauthorized: boolean;
  /** Authorities, in PEM; without them those that Node trusts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Present where any name in the certificate will do. */
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => undefined;
}

/** The parameters of a URL that say how TLS is used. */
export const tlsParameters: readonly string[] = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/**
 * TLS as PostgreSQL's own clients are told of it (PostgreSQL, "SSL Support", 34.19.1): `disable`; `require` encrypts but lets any
 * certificate pass, unless there is an `sslrootcert`, and says so in a warning; `verify-ca` checks who signed it; `verify-full` also
 * checks whose it is. `allow` and `prefer` are not taken: they fall back to plain text without a word.
 *
 * Without `sslmode`: `verify-full`, but `disable` for a server on this machine, where nobody listens in between.
 */
export function readTls(
  variable: string,
  host: string,
  parameters: ReadonlyMap<string, string>,
  faults: string[],
): Tls | undefined {
  const mode = parameters.get('sslmode') ?? (isLocal(host) ? 'disable' : 'verify-full');
  const files = {
    ...readPem('ca', 'sslrootcert'),
    ...readPem('cert', 'sslcert'),
    ...readPem('key', 'sslkey'),
  };
  switch (mode) {
    case 'disable':
      return undefined;
    case 'require':
      if ('ca' in files) return { ...files, rejectUnauthorized: true, checkServerIdentity: () => undefined };
      process.emitWarning(
        `${variable}: with sslmode=require any server's certificate is accepted; verify-full checks it (with sslrootcert=FILE for an authority of your own).`,
      );
      return { ...files, rejectUnauthorized: false };
    case 'verify-ca':
      return { ...files, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case 'verify-full':
      return { ...files, rejectUnauthorized: true };
    default:
      faults.push(`${variable}: sslmode: expected disable, require, verify-ca or verify-full; got something else.`);
      return undefined;
  }

  function readPem(as: 'ca' | 'cert' | 'key', parameter: string): { [name in typeof as]?: string } {
    const path = parameters.get(parameter);
    // `system` is libpq's name for the authorities that are trusted anyway.
    if (!path || path === 'system') return {};
    try {
      return { [as]: readFileSync(path, 'utf8') };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
      faults.push(`${variable}: ${parameter}: the file ${path} can't be read${code}.`);
      return {};
    }
  }
}

function isLocal(host: string): boolean {
  return (
    host.startsWith('/') || host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  );
}
