import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { maxResponseBytes } from './limits.ts';

const unzip = promisify(gunzip);

/**
 * Decompresses a body by its `content-encoding`, off the event loop's thread, up to the size that a response may have. Rejects
 * for an encoding that wasn't asked for, for data that isn't in it or breaks off, and for more bytes than allowed.
 */
export async function decompress(bytes: Buffer, encoding: string): Promise<Buffer> {
  if (!/^\s*(x-)?gzip\s*$/i.test(encoding)) throw new Error(`expected a response in gzip or plain, got ${encoding}`);
  return unzip(bytes, { maxOutputLength: maxResponseBytes });
}
