/** What the gateway tells the page about itself: JSON in `#junction`, written by `gateway/console/serve.ts`. */
export interface PageConfig {
  /** How people say who they are. `open`: nobody has to; `token`: by a token that they bring. */
  readonly signIn:
    | { readonly kind: 'demo'; readonly callers: readonly DemoCaller[] }
    | {
        readonly kind: 'oidc';
        readonly issuer: string;
        readonly clientId: string;
        readonly scopes: readonly string[];
        readonly resource?: string;
      }
    | { readonly kind: 'token' }
    | { readonly kind: 'open' };
  /** The systems behind subgraphs, by the subgraph's name, as far as they are known. */
  readonly systems: Readonly<Record<string, { readonly system: string; readonly kind: string }>>;
  /** Whether clients may read the schema: without it Explore has no docs. */
  readonly introspection: boolean;
}

/** A caller that anybody may be in development. */
export interface DemoCaller {
  readonly name: string;
  readonly title: string;
  readonly scopes: readonly string[];
}

const text = document.getElementById('junction')?.textContent || '{}';

/** What the gateway told. */
export const config: PageConfig = {
  signIn: { kind: 'open' },
  systems: {},
  introspection: true,
  ...(JSON.parse(text) as Partial<PageConfig>),
};
