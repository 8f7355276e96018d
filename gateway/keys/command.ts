import { defaultKeyFile, type KeyRecord, makeKey, readKeyFile } from '../access/identity/key-file.ts';
import { faultReport } from '../announce.ts';
import { type Config, ConfigError } from '../config.ts';
import { faultsOf } from '../faults.ts';
import { helpText } from '../terminal/help.ts';
import { changeKeyFile } from './change.ts';
import { knownScopes } from './known-scopes.ts';
import { type KeysOptions, readOptions } from './options.ts';
import { createdText, keysHelp, listText, unknownText } from './text.ts';

/**
 * `npm run keys -- create NAME | list | revoke ID`: keeps the API keys in a file, and gives the exit code, 1 where something is wrong;
 * then nothing was changed. `configOf`: says where keys are kept if the command line doesn't, by default in `.data/api-keys.json`, and what
 * scopes there are; it may throw a ConfigError.
 */
export async function runKeys(args: readonly string[], configOf?: () => Config): Promise<0 | 1> {
  try {
    const options = readOptions(args);
    // Help has to come, whatever is wrong with the settings.
    if (options.command === 'help') say(helpText(keysHelp));
    else await run(options, options.file ?? configOf?.().file.authentication.api_keys ?? defaultKeyFile, configOf);
    return 0;
  } catch (error) {
    const faults = faultsOf(error);
    if (!faults) throw error;
    process.stderr.write(faultReport('Nothing was changed', faults));
    return 1;
  }
}

async function run(
  options: Exclude<KeysOptions, { command: 'help' }>,
  file: string,
  configOf: (() => Config) | undefined,
): Promise<void> {
  if (options.command === 'list') return say(listText(await readKeyFile(file), file, Date.now()));
  if (options.command === 'revoke') return revoke(options.id, file);
  const { name, scopes, claims, lifeMs } = options;
  const now = Date.now();
  const { key, record } = makeKey({
    name,
    scopes: [...scopes],
    claims: { ...claims },
    created: new Date(now).toISOString(),
    ...(lifeMs !== undefined && { expires: new Date(now + lifeMs).toISOString() }),
  });
  await changeKeyFile(file, (keys) => [...keys, record]);
  // The key alone goes to standard output, so that it can go on into a file or a variable.
  say(`${key}\n`);
  process.stderr.write(createdText(record, file) + unknownText(scopes, await scopesFor(scopes, configOf)));
}

/** The scopes that there are; undefined where nobody knows or wants to. A schema that asks for others may come later. */
async function scopesFor(
  scopes: readonly string[],
  configOf: (() => Config) | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (scopes.length === 0 || configOf === undefined) return undefined;
  try {
    return await knownScopes(configOf());
  } catch (error) {
    // The file for keys was named, so that settings may be as they are.
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** Ends a key. One that is revoked already stays as it is: it says since when. */
async function revoke(id: string, file: string): Promise<void> {
  const revoked = new Date().toISOString();
  let known: KeyRecord | undefined;
  await changeKeyFile(file, (keys) => {
    known = keys.find((key) => key.id === id);
    if (!known)
      throw new ConfigError([`ID: ${file} has no key "${id}". npm run keys -- list shows those that it has.`]);
    return keys.map((key) => (key === known && !key.revoked ? { ...key, revoked } : key));
  });
  say(`Key ${id} of ${known?.name} ${known?.revoked ? `was revoked at ${known.revoked} already` : 'is revoked'}.\n`);
}

function say(text: string): void {
  process.stdout.write(text);
}
