import { inspect, styleText } from 'node:util';
import { type Level, type Logger, levels, pino } from 'pino';

/** How much to log. */
export type LogLevel = Level | 'silent';

/** How to log. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Where lines go; by default to standard output. Short lines for people on a terminal, JSON lines anywhere else. */
  readonly output?: LogOutput;
}

/** The part of a stream that a log needs. */
export interface LogOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** A logger. */
export function createLog({ level, output = process.stdout }: LogOptions): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return output.isTTY
    ? pino(options, { write: (line: string) => output.write(readable(JSON.parse(line))) })
    : pino(options, output);
}

const colors = { trace: 'gray', debug: 'gray', info: 'green', warn: 'yellow', error: 'red', fatal: 'red' } as const;

/** `21:04:07 warn  a fetch failed  subgraph=finance code=SUBGRAPH_TIMEOUT` */
function readable({ time, level, msg, err, ...rest }: Record<string, unknown>): string {
  const name = (levels.labels[Number(level)] ?? 'info') as Level;
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : plain(value)}`,
  );
  const line = [styleText('gray', clock), styleText(colors[name], name.padEnd(5)), msg, ...fields].join(' ');
  return `${line}\n${err === undefined ? '' : `${reason(err)}\n`}`;
}

/** An error's stack where it has one. */
function reason(err: unknown): string {
  const text = typeof err === 'object' && err !== null && 'stack' in err ? String(err.stack) : plain(err);
  return text.replace(/^/gm, '    ');
}

function plain(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
}
