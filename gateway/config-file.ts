import { z } from 'zod';
import { originFault } from './http/cors.ts';
import { isLoopback } from './loopback.ts';

// What gateway.yaml says about who may ask what, and how much. Each section is read by the room that it is about.

const text = z.string().min(1);
const longest = 31_536_000;
const seconds = whole(0, longest);
const milliseconds = whole(1, 600_000);
const count = whole(1, 1_000_000_000);
const oneOrMore = z.union([text.transform((one) => [one]), z.array(text).min(1)], {
  error: 'expected a text, or a list of texts',
});
const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of an environment variable');
const webUrl = z
  .url({ protocol: /^https?$/, error: 'expected a URL, such as https://login.example.com', abort: true })
  .refine(
    (url) => new URL(url).protocol === 'https:' || isLoopback(new URL(url).hostname),
    'expected https, as the host is another machine',
  );

/** Algorithms whose keys may be public: a provider's key can't be used to sign. RFC 8725, section 3.1. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const issuer = z.strictObject({
  /** As tokens name it in `iss`. */
  issuer: webUrl,
  /** What tokens must name in `aud`, one of these. */
  audience: oneOrMore,
  /** Where its keys are. @default as its discovery document says (OpenID Connect Discovery 1.0, section 4) */
  jwks_uri: webUrl.optional(),
  algorithms: z.array(z.enum(algorithms)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
  /** How far its clock may be from ours. */
  clock_skew_s: whole(0, 600).default(30),
  /** How often its keys are asked for. */
  refresh_keys_s: whole(1, longest).default(600),
  /** How long the last keys count while it can't be asked. */
  keep_keys_s: seconds.default(86_400),
  /** Where scopes are: a text with spaces or a list. */
  scopes_claim: oneOrMore.default(['scope', 'scp']),
  /** Whether it is asked if a token is still good (RFC 7662), and so are tokens that only it can read. */
  introspection: z
    .strictObject({
      /** @default as its discovery document says */
      endpoint: webUrl.optional(),
      client_id: text,
      /** The environment variable that holds the client's secret. */
      client_secret: variable,
      /** How long its answer counts: a token that is revoked ends at most so much later. */
      remember_s: seconds.default(30),
    })
    .optional(),
});

const certificate = z.strictObject({
  /**
   * The certificate's subject as OpenSSL prints it (`CN=reporting,O=Example`), in either order, with `\,` for a comma inside a value; or one of
   * its DNS or URI names.
   */
  name: text,
  scopes: z.array(text).default([]),
  claims: z.record(text, z.unknown()).default({}),
});

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A condition on a caller's claims. `claim` may name one inside another: `realm_access.roles`. */
export type Predicate =
  | { readonly claim: string; readonly equals: string | number | boolean }
  | { readonly claim: string; readonly in: readonly (string | number | boolean)[] }
  | { readonly claim: string; readonly contains: string | number | boolean }
  | { readonly claim: string; readonly exists: boolean }
  | { readonly scope: string }
  | { readonly all: readonly Predicate[] }
  | { readonly any: readonly Predicate[] }
  | { readonly not: Predicate };

const predicate: z.ZodType<Predicate> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ claim: text, equals: scalar }),
      z.strictObject({ claim: text, in: z.array(scalar).min(1) }),
      z.strictObject({ claim: text, contains: scalar }),
      z.strictObject({ claim: text, exists: z.boolean() }),
      z.strictObject({ scope: text }),
      z.strictObject({ all: z.array(predicate).min(1) }),
      z.strictObject({ any: z.array(predicate).min(1) }),
      z.strictObject({ not: predicate }),
    ],
    { error: 'expected { claim, equals | in | contains | exists }, { scope }, { all: [] }, { any: [] } or { not }' },
  ),
);

const origin = text.superRefine((each, context) => {
  const fault = originFault(each);
  if (fault !== undefined) context.addIssue(fault);
});

const limits = z.strictObject({
  /** A request's body, in bytes. */
  body_bytes: count.default(1_048_576),
  /** An operation's text, in characters. */
  operation_characters: count.default(100_000),
  /** Lexical tokens of the text (GraphQL specification, section 2.1.6). */
  tokens: count.default(5_000),
  /** Fields inside fields. */
  depth: count.default(20),
  /** Fields with another response key. */
  aliases: count.default(100),
  /** Fields of Query or Mutation. */
  root_fields: count.default(30),
  /** Directives in the text. */
  directives: count.default(100),
  /** Fields that are asked for once each fragment is written out in place. */
  fields: count.default(5_000),
  /** Items of one list in arguments and variables. */
  list_items: count.default(1_000),
  /** Lists and objects inside each other in variables. */
  input_depth: whole(1, 500).default(20),
  /** Lists, objects and what is in them, in the JSON of a body: more than a list of a thousand objects with ten fields each has. */
  input_values: count.default(20_000),
  /** What the operation costs, estimated before it runs. */
  cost: count.default(100_000),
  /** How long a list is taken to be where the schema doesn't say. */
  list_size: count.default(10),
  /** Requests that are worked on, of all callers. */
  concurrency: count.default(1_000),
  /** Requests that are worked on, of one caller. */
  caller_concurrency: count.default(500),
  /** Requests of one caller in a second, on average, and how many at once after a rest. */
  rate: z.strictObject({ per_second: count.default(500), burst: count.default(1_000) }).prefault({}),
  /** The same for each address without a credential, or with one that is refused. */
  anonymous_rate: z.strictObject({ per_second: count.default(50), burst: count.default(200) }).prefault({}),
});

const signIn = z.strictObject({
  /** An OpenID provider among `authentication.issuers`, which has the console as a public client (code flow with PKCE). */
  issuer: webUrl,
  client_id: text,
  scopes: z.array(text).min(1).default(['openid']),
  /** Asked for beside the scopes, where the provider wants to know whom the token is for (RFC 8707). */
  resource: text.optional(),
});

const settings = z.strictObject({
  authentication: z
    .strictObject({
      issuers: z.array(issuer).default([]),
      /** The file that `npm run keys` keeps. */
      api_keys: text.default('.data/api-keys.json'),
      certificates: z.array(certificate).default([]),
    })
    .prefault({}),
  /** TLS at the listener, in PEM files. */
  tls: z
    .strictObject({
      cert: text,
      key: text,
      /** Who signs client certificates. Without it none are asked for. */
      client_ca: text.optional(),
      client_certificates: z.enum(['optional', 'required']).default('optional'),
    })
    .optional(),
  authorization: z
    .strictObject({
      /**
       * `filter`: what a caller may not see is null, with an error. `reject`: the whole operation is refused, also where it only might meet an
       * object that the caller may not see.
       */
      mode: z.enum(['filter', 'reject']).default('filter'),
      /** Whether somebody who doesn't say who they are may ask for what no rule guards. @default only in development */
      anonymous: z.enum(['allow', 'refuse']).optional(),
      /** What the names in `@policy` mean. */
      policies: z.record(text, predicate).default({}),
      /** Who decides about all other names in `@policy`. */
      policy_service: z
        .strictObject({
          url: webUrl,
          timeout_ms: milliseconds.default(500),
          /** How long its answers count. */
          remember_s: whole(0, 3_600).default(10),
        })
        .optional(),
    })
    .prefault({}),
  /** What reaches subgraphs of a caller. */
  subgraphs: z
    .strictObject({
      /** Claims in the caller token. */
      claims: z.array(text).default(['sub', 'iss', 'role', 'scope']),
      /** Headers of the client's that go on as they are. */
      forward_headers: z
        .array(
          z
            .string()
            .regex(/^[a-z0-9-]+$/, 'expected a header name in lower case')
            .refine((name) => !ownHeaders.has(name), 'expected a header that Junction does not set itself'),
        )
        .default([]),
      /** Subgraphs that run elsewhere, aren't Junction's own, and whose errors have messages that are meant for clients. */
      messages_from: z.array(text).default([]),
    })
    .prefault({}),
  limits: limits.prefault({}),
  /** Pages of these origins may ask; `*` is not among them. In development Junction answers to their hosts' names, too. */
  cors: z.strictObject({ origins: z.array(origin).default([]) }).prefault({}),
  /** Addresses of proxies whose `X-Forwarded-For` is believed: addresses or networks (`10.0.0.0/8`). */
  trusted_proxies: z
    .array(
      z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
        error: 'expected an IP address, or a network such as 10.0.0.0/8',
      }),
    )
    .default([]),
  /** The page at `/`, where `CONSOLE` is on. */
  console: z
    .strictObject({
      /** How people sign in there. @default in development as a demo caller, in production with a token that they bring */
      sign_in: signIn.optional(),
    })
    .prefault({}),
  persisted_operations: z
    .strictObject({
      /** Whether clients may send a text once and its hash from then on. */
      automatic: z.boolean().default(true),
      /** How many automatic ones are kept in memory, in characters of their texts. */
      memory_characters: count.default(16_000_000),
      /** A file in Apollo's format `apollo-persisted-query-manifest`. */
      manifest: text.optional(),
      /** Whether only the manifest's operations run. */
      only: z.boolean().default(false),
    })
    .refine(({ manifest, only }) => manifest !== undefined || !only, {
      path: ['only'],
      error: 'expected "manifest" beside it.',
    })
    .prefault({}),
});

/** A number in words that hold for whatever else stands there. */
function whole(min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** The file as it is checked. */
export const configFile = settings.superRefine(({ authentication, console }, context) => {
  const issuer = console.sign_in?.issuer;
  const known = authentication.issuers.map((each) => each.issuer);
  if (issuer === undefined || known.includes(issuer)) return;
  const names =
    known.length > 0
      ? `one of authentication.issuers (${known.join(', ')})`
      : 'an issuer that is among authentication.issuers, which has none';
  context.addIssue({
    code: 'custom',
    path: ['console', 'sign_in', 'issuer'],
    message: `expected ${names}, got ${issuer}: else Junction would refuse the tokens of whoever signs in there.`,
  });
});

/** Headers that mean something between the gateway and its subgraphs, or belong to one connection. */
const ownHeaders = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-digest',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'signature',
  'signature-input',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
]);

/** What gateway.yaml says, defaults filled in. */
export type ConfigFile = z.output<typeof configFile>;
export type IssuerSettings = ConfigFile['authentication']['issuers'][number];
export type CertificateSettings = ConfigFile['authentication']['certificates'][number];
export type AuthorizationSettings = ConfigFile['authorization'];
export type LimitSettings = ConfigFile['limits'];
export type PersistedSettings = ConfigFile['persisted_operations'];

/** What holds where there is no file. */
export const defaultConfigFile: ConfigFile = configFile.parse({});
