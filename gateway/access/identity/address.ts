import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';

/** Addresses (`10.1.2.3`) and networks (`10.0.0.0/8`, `fd00::/8`) as one list. Errors: a TypeError or RangeError for any other text. */
export function networksOf(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', bits] = text.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

/**
 * The address of the client: IPv4 with dots, or IPv6; `unknown` once the connection is gone or where it has none. `X-Forwarded-For` is
 * walked from the right, where the nearest proxy writes, for as long as whoever wrote is trusted: what stands further left, anybody may
 * have written. What is no address ends the walk at the last trusted one.
 */
export function addressOf(socket: Socket, headers: IncomingHttpHeaders, trustedProxies?: BlockList): string {
  let peer = plainAddress(socket.remoteAddress ?? '') ?? 'unknown';
  const forwarded = trustedProxies && headers['x-forwarded-for'];
  if (!forwarded || peer === 'unknown') return peer;
  const entries = String(forwarded).split(',');
  while (trustedProxies.check(peer, familyOf(peer))) {
    const next = plainAddress(withoutPort(entries.pop()?.trim() ?? ''));
    if (next === undefined) return peer;
    peer = next;
  }
  return peer;
}

/**
 * What one subscriber may be taken to hold: an IPv4 address itself, of an IPv6 address its first 64 bits, `2001:db8:0:1::/64`, as the
 * rest is the subscriber's own to choose (RFC 4291, section 2.5.4).
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const groups = groupsOf(address).slice(0, 4);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

/** Without a zone, and as IPv4 where IPv6 only wraps it (RFC 4291, section 2.5.5.2). Undefined for what is no address. */
function plainAddress(text: string): string | undefined {
  const family = isIP(text);
  if (family === 4) return text;
  if (family === 0) return undefined;
  const [address = ''] = text.split('%');
  const [mark, high = 0, low = 0] = groupsOf(address).slice(5);
  const wraps = mark === 0xffff && /^[0:]*:f{4}:/i.test(address);
  return wraps ? [high >> 8, high & 255, low >> 8, low & 255].join('.') : address;
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711` without their ports: some proxies write them. */
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}

/** The eight groups of an IPv6 address (RFC 4291, section 2.2). */
function groupsOf(address: string): number[] {
  const hexadecimal = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [left = [], right = []] = hexadecimal
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
