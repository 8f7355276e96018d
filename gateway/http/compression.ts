import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { bytesOf, type Utf8 } from '../execution/utf8.ts';
import { isLoopback } from '../loopback.ts';
import { answerEncoding, type Encoding } from './accept.ts';

/** Which answers are compressed: those that cross a network, all that the client takes compressed, or none. */
export type Compression = 'remote' | 'all' | 'none';

/** Shorter answers fit into the few packets that are sent at once anyway. In bytes. */
const shortest = 8_192;

/**
 * The lowest levels: on answers of 10 and 95 KB they leave 25 and 19 % in 0.04 and 0.3 to 0.45 ms of a thread of their own; the
 * levels above leave 20 and 16 % in three to five times that.
 */
const compress: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) => promisifiedBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  gzip: (bytes) => promisifiedGzip(bytes, { level: 1 }),
};
const promisifiedBrotli = promisify(brotliCompress);
const promisifiedGzip = promisify(gzip);

/** Whether an answer of this text is one that some clients would get compressed. */
export function isCompressible(text: Utf8, { socket }: IncomingMessage, which: Compression): boolean {
  if (text.length < shortest || which === 'none') return false;
  const { remoteAddress } = socket;
  return which === 'all' || (remoteAddress !== undefined && !isLoopback(remoteAddress.replace(/^::ffff:/, '')));
}

/** The encoding that a client takes, if any. */
export function encodingFor({ headers }: IncomingMessage): Encoding | undefined {
  const accept = headers['accept-encoding'];
  return typeof accept === 'string' ? answerEncoding(accept) : undefined;
}

/** Compresses a text off the event loop. */
export function compressed(text: Utf8, encoding: Encoding): Promise<Buffer> {
  return compress[encoding](bytesOf(text));
}
