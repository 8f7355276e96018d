import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../config.ts';
import type { ConfigFile } from '../config-file.ts';
import { allOrFaults } from '../faults.ts';

/** TLS at the listener, as Node takes it. */
export interface TlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Who signs client certificates. */
  readonly ca?: Buffer;
  readonly requestCert: boolean;
  /** Whether a connection without a good certificate is refused at once. */
  readonly rejectUnauthorized: boolean;
}

/** Reads the files that the settings name. Errors: ConfigError with everything that can't be read or used. */
export async function readTls(settings: ConfigFile['tls']): Promise<TlsOptions | undefined> {
  if (!settings) return undefined;
  const { cert, key, client_ca: ca, client_certificates } = settings;
  const read = (name: string, path: string) =>
    readFile(path).catch((error: NodeJS.ErrnoException) => {
      throw new ConfigError([`gateway.yaml: tls.${name}: ${path} can't be read (${error.code}).`]);
    });
  const [certBytes, keyBytes, caBytes] = await allOrFaults([
    read('cert', cert),
    read('key', key),
    ca === undefined ? Promise.resolve(undefined) : read('client_ca', ca),
  ]);
  const own = { cert: certBytes, key: keyBytes, ...(caBytes && { ca: caBytes }) };
  try {
    createSecureContext(own);
  } catch (error) {
    throw new ConfigError([`gateway.yaml: tls: certificate and key can't be used: ${(error as Error).message}.`]);
  }
  return { ...own, requestCert: caBytes !== undefined, rejectUnauthorized: client_certificates === 'required' };
}
