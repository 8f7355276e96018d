import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The folder that each version is of, as a URL. */
const folders = new Map<string, string>();

/**
 * Makes the version of a module of this folder, the `?v=…` behind its URL, the version of what it imports from the folder too.
 * Without this, a subgraph that is read anew would go on with the old version of the files beside its `backend.ts`.
 */
export function handVersionOn(folder: string, version: string): void {
  if (folders.size === 0) {
    registerHooks({
      resolve(specifier, context, next) {
        const resolved = next(specifier, context);
        const [, version = ''] = context.parentURL?.split('?v=') ?? [];
        const own = folders.get(version);
        if (own === undefined || resolved.url.includes('?') || !resolved.url.startsWith(own)) return resolved;
        return { ...resolved, url: `${resolved.url}?v=${version}` };
      },
    });
  }
  folders.set(version, `${pathToFileURL(folder).href}/`);
}
