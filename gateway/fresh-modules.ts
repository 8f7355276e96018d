import { registerHooks } from 'node:module';

let registered = false;

/**
 * Makes the version of a module, the `?v=…` behind its URL, the version of what it imports from its own folder too. Without
 * this, a subgraph that is read anew would go on with the old version of the files beside its `backend.ts`.
 */
export function handVersionsOn(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const [parent, version] = context.parentURL?.split('?v=') ?? [];
      if (!parent || !version || resolved.url.includes('?')) return resolved;
      return resolved.url.startsWith(new URL('.', parent).href)
        ? { ...resolved, url: `${resolved.url}?v=${version}` }
        : resolved;
    },
  });
}
