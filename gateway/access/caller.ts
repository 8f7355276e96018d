/**
 * Who is asking. One object for each credential, as long as that is remembered: what follows from a caller alone is made once and kept
 * beside it in a WeakMap.
 */
export interface Caller {
  /** Tells callers apart in limits and logs, whatever credential they bring: `https://login.example.com 4711`. Never a secret. */
  readonly id: string;
  /** By what they are known. */
  readonly kind: 'anonymous' | 'token' | 'key' | 'certificate' | 'demo' | 'anyone';
  /** Of their token, key or certificate; none where nobody says who is asking. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scopes: ReadonlySet<string>;
}

/** Whether somebody has said who is asking: what `@authenticated` wants. */
export function isAuthenticated({ kind }: Caller): boolean {
  return kind !== 'anonymous';
}

/** Whoever asks where nobody has to say who they are: every rule holds for them. */
export const anyone: Caller = Object.freeze({
  id: 'anyone',
  kind: 'anyone',
  claims: Object.freeze({}),
  scopes: new Set<string>(),
});
