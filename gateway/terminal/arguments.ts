import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../../subgraphs/kit/nearest.ts';
import { ConfigError } from '../config.ts';

/**
 * Reads a command line as `parseArgs` does. `command`: as a person types it, such as `npm run new`. Errors: ConfigError for an option that
 * there isn't, with the one that was meant; otherwise those of `parseArgs`.
 */
export function readArguments<T extends ParseArgsConfig>(command: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw error;
    // Only the name: its value may be a secret.
    const name = /'(-[^'=\s]*)/.exec((error as Error).message)?.[1] ?? '';
    const known = Object.keys(config.options ?? {}).map((each) => `--${each}`);
    const settings = known.length > 1 ? '' : ' Settings are environment variables, such as PORT=8080.';
    throw new ConfigError([
      `Unknown option "${name}"${nearest(name, known)}.${settings} ${command} -- --help says what there is.`,
    ]);
  }
}
