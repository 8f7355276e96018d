import { randomFillSync } from 'node:crypto';

/** Random bytes as small hexadecimal letters, from a pool: to ask for 16 bytes costs as much as for 4,096. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const begin = used;
  used += bytes;
  return pool.toString('hex', begin, used);
}

const pool = Buffer.allocUnsafeSlow(4_096);
let used = pool.length;
