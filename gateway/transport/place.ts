import { isIP } from 'node:net';

/** Whether a URL's host is this machine by its name: `localhost`, `127.0.0.1`, `[::1]`. */
export function isThisMachine(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}
