import { isIP } from 'node:net';

/** Whether a host is this machine and nothing else: `localhost`, `127.0.0.1`, `::1`, or `[::1]` as a URL has it. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
