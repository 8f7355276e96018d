import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { CertificateSettings } from '../../config-file.ts';
import type { Caller } from '../caller.ts';
import { CredentialError } from './credential.ts';

/** What is known of one connection: who stands behind it and until when, that no certificate came, or why it is refused. */
type Known = { readonly caller: Caller; readonly expires: number } | 'none' | CredentialError;

/** Knows who a client certificate stands for (mutual TLS). The authority that the listener trusts has signed it; this says for whom. */
export class Certificates {
  readonly #callers: ReadonlyMap<string, Caller>;
  readonly #now: () => number;
  readonly #known = new WeakMap<TLSSocket, Known>();

  /** `now` in milliseconds since 1970. */
  constructor(settings: readonly CertificateSettings[], now: () => number = Date.now) {
    this.#callers = new Map(settings.map((setting) => [nameIn(setting.name), callerFor(setting)]));
    this.#now = now;
  }

  /**
   * Who stands behind a connection, always the same object for one entry of the settings; undefined where no certificate was shown.
   * Errors: CredentialError `invalid` for one that no trusted authority has signed, that has expired, or that the settings don't name.
   */
  callerOf(socket: TLSSocket): Caller | undefined {
    let known = this.#known.get(socket);
    if (known === undefined) {
      known = this.#look(socket);
      this.#known.set(socket, known);
    }
    if (known === 'none') return undefined;
    if (known instanceof CredentialError) throw known;
    // A connection may outlive its certificate, and so may a TLS session that is taken up again.
    if (known.expires <= this.#now()) throw new CredentialError('invalid', 'The client certificate has expired.');
    return known.caller;
  }

  #look(socket: TLSSocket): Known {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return 'none';
    if (!socket.authorized) return new CredentialError('invalid', 'The client certificate is not trusted here.');
    const names = [...namesOf(certificate)];
    const caller = names.map((name) => this.#callers.get(name)).find((known) => known !== undefined);
    if (caller) return { caller, expires: Date.parse(certificate.validTo) };
    // Who keeps the settings sees in the cause what could stand there.
    return new CredentialError(
      'invalid',
      'The client certificate is trusted, but nothing is said here about its name.',
      {
        cause: `expected one of: ${names.join('; ')}`,
      },
    );
  }
}

function callerFor({ name, scopes, claims }: CertificateSettings): Caller {
  return Object.freeze({
    id: `certificate ${name}`,
    kind: 'certificate',
    claims: Object.freeze({ sub: name, ...claims }),
    scopes: new Set(scopes),
  });
}

// A name carries its kind, so that nobody gets another's by writing it where another kind of name belongs.

/** The name in the settings: a subject begins with an attribute, a URI with a scheme. OpenSSL sets spaces in a subject, or doesn't. */
function nameIn(setting: string): string {
  if (/^\s*[\w.]+\s*=/.test(setting)) {
    return `subject ${setting.trim().replaceAll(/(^|(?<!\\),)\s*([\w.]+)\s*=\s*/g, '$1$2=')}`;
  }
  return /^[a-z][a-z0-9+.-]*:/i.test(setting) ? `URI ${setting}` : `DNS ${setting.toLowerCase()}`;
}

function* namesOf({ subject, subjectAltName }: X509Certificate): Iterable<string> {
  // One attribute on a line; line ends and commas inside of values are escaped. OpenSSL prints the attributes in this order by itself,
  // and in the other one where it follows RFC 2253, as most programs do.
  const attributes = subject ? subject.split('\n') : [];
  if (attributes.length > 0) yield `subject ${attributes.join(',')}`;
  if (attributes.length > 1) yield `subject ${attributes.toReversed().join(',')}`;
  yield* alternativeNames(subjectAltName ?? '');
}

/** `DNS:a.example, URI:"spiffe://…"`: a value that could be mistaken for more than one is quoted as in JSON. */
function alternativeNames(text: string): string[] {
  const names: string[] = [];
  for (const [, kind, value = ''] of text.matchAll(/(?:^|, )([^:,"]+):("(?:\\.|[^"\\])*"|[^,"]*)(?=, |$)/gy)) {
    const name = value.startsWith('"') ? unquoted(value) : value;
    if (kind === 'DNS') names.push(`DNS ${name.toLowerCase()}`);
    if (kind === 'URI') names.push(`URI ${name}`);
  }
  return names;
}

function unquoted(value: string): string {
  try {
    return String(JSON.parse(value));
  } catch {
    return '';
  }
}
