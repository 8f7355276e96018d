import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type HttpAnswer, refusal } from './refusal.ts';
import { remembered } from './remembered.ts';

/** What a request is refused with for the host that it names; undefined where it is answered. */
export type HostGuard = (request: IncomingMessage) => HttpAnswer | undefined;

/**
 * Answers only who names this machine as no other is named, or names the host of one of these origins. A page of another site could lead
 * its own name to this machine (DNS rebinding), and would then be of the same origin as Junction to its browser, which still sends that
 * name. Nobody can lead an IP address elsewhere, nor localhost and the names below it (RFC 6761, section 6.3).
 *
 * It is 421, not 403: the request is for another host, which this server doesn't speak for, whoever asks (RFC 9110, sections 7.4 and 15.5.20).
 */
export function guardHosts(origins: readonly string[]): HostGuard {
  const listed = new Set(origins.map((origin) => withoutDot(new URL(origin).hostname)));
  // Clients name the same few hosts in every request.
  const judge = remembered((authority: string): HttpAnswer | undefined => {
    // RFC 9112, section 3.2: programs of HTTP/1.0 may name none. Browsers do.
    if (authority === '') return undefined;
    const [, host] = /^(\[[\da-f:.]+\]|[\w.-]{1,255})(?::\d*)?$/i.exec(authority) ?? [];
    if (host === undefined) return unreadable;
    if (host.startsWith('[')) return isIP(host.slice(1, -1)) === 6 ? undefined : unreadable;
    const name = withoutDot(host.toLowerCase());
    const isOwn = name === 'localhost' || name.endsWith('.localhost') || isIP(name) === 4 || listed.has(name);
    return isOwn ? undefined : foreign(name);
  });
  return (request) => judge(authorityOf(request));
}

/** The host that a request is for, with its port: what the target says counts more than `Host` does (RFC 9112, section 3.2.2). */
function authorityOf({ url = '', headers: { host = '' } }: IncomingMessage): string {
  return url.startsWith('/') ? host : URL.parse(url)?.host || host;
}

/** The same name, without the dot that says that it is a whole one. */
function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

const unreadable = refusal(400);

function foreign(name: string): HttpAnswer {
  return refusal(421, [], {
    code: 'MISDIRECTED_REQUEST',
    message: `"${name}" is no name of this machine. In development Junction answers to localhost, to names that end in .localhost, to IP addresses, and to the hosts of cors.origins in gateway.yaml.`,
  });
}
