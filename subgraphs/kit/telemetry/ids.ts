import { randomBytes } from 'node:crypto';

/** Random bytes as small hexadecimal letters, from a pool: to ask for 16 bytes costs as much as for 4,096. */
export function randomHex(bytes: number): string {
  const letters = 2 * bytes;
  if (used + letters > pool.length) {
    pool = randomBytes(poolBytes).toString('hex');
    used = 0;
  }
  used += letters;
  return pool.slice(used - letters, used);
}

const poolBytes = 4_096;
let pool = '';
let used = 0;
