import { demoCallers } from '../access/identity/demo-callers.ts';
import type { Config } from '../config.ts';
import type { ConsoleOptions } from './serve.ts';

/** What the console is told of the settings; undefined where there is none. */
export function consoleConfig({
  console,
  authentication,
  production,
  introspection,
  file,
}: Config): ConsoleOptions['config'] | undefined {
  if (!console) return undefined;
  return { signIn: signIn(), introspection };

  function signIn(): ConsoleOptions['config']['signIn'] {
    const { sign_in: settings } = file.console;
    if (!authentication) return { kind: 'open' };
    if (settings) {
      const { issuer, client_id: clientId, scopes, resource } = settings;
      return { kind: 'oidc', issuer, clientId, scopes, ...(resource !== undefined && { resource }) };
    }
    if (production) return { kind: 'token' };
    return { kind: 'demo', callers: demoCallers.map(({ name, title, scopes }) => ({ name, title, scopes })) };
  }
}
