import { inspect, styleText } from 'node:util';
import { type Level, type Logger, levels, pino } from 'pino';
import { type LoggedError, loggedError, withoutSecrets } from './logged-error.ts';

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

/** A logger. Whatever it is given, it writes no credentials, and of errors only what `LoggedError` has. */
export function createLog({ level, output = process.stdout }: LogOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: loggedError, error: loggedError, reason: scrubbed, detail: scrubbed },
    redact: { paths: [...credentials], censor: '…' },
  };
  return output.isTTY
    ? pino(options, { write: (line: string) => output.write(readable(JSON.parse(line))) })
    : pino(options, output);
}

/** Where credentials stand in what is logged of a request, by mistake or not. */
const credentials = ['authorization', 'proxy-authorization', 'x-api-key', 'cookie', 'set-cookie'].flatMap((name) =>
  ['', 'headers', '*', '*.headers'].map((parent) => `${parent}["${name}"]`),
);

function scrubbed(value: unknown): unknown {
  return typeof value === 'string' ? withoutSecrets(value) : value;
}

const colors = { trace: 'gray', debug: 'gray', info: 'green', warn: 'yellow', error: 'red', fatal: 'red' } as const;

/** `21:04:07 warn  a fetch failed subgraph=finance code=SUBGRAPH_TIMEOUT` */
function readable({ time, level, msg, err, ...rest }: Record<string, unknown>): string {
  const name = (levels.labels[Number(level)] ?? 'info') as Level;
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  const error = err as LoggedError | undefined;
  const inLine = error === undefined || hasCalls(error) ? {} : { reason: shortReason(error) };
  const fields = Object.entries({ ...rest, ...inLine }).map(([key, value]) => `${key}=${shown(key, value)}`);
  const line = [styleText('gray', clock), styleText(colors[name], name.padEnd(5)), msg, ...fields].join(' ');
  return `${line}\n${error === undefined || 'reason' in inLine ? '' : `${reason(error)}\n`}`;
}

function hasCalls({ stack, cause }: LoggedError): boolean {
  return stack !== undefined || (cause !== undefined && hasCalls(cause));
}

/**
 * An error without calls, which is a system's failure, and its causes: `GET /contacts: connect ECONNREFUSED 127.0.0.1:443`. What the
 * next one says anew is left out.
 */
function shortReason({ type, message, facts = {}, cause }: LoggedError, isCause = false): string {
  const words = Object.entries(facts).map(([key, value]) => `${key}=${value}`);
  const first = message ?? (isCause && words.length === 0 ? '' : [type, ...words].join(' '));
  const rest = cause ? shortReason(cause, true) : '';
  if (first === '' || rest === '' || first.includes(rest)) return first || rest;
  const last = first.lastIndexOf(': ');
  return last >= 0 && rest.split(' ').includes(first.slice(last + 2))
    ? `${first.slice(0, last)}: ${rest}`
    : `${first}: ${rest}`;
}

/** An error with its calls and its causes. */
function reason({ type, message, facts = {}, stack, cause }: LoggedError): string {
  const words = Object.entries(facts).map(([key, value]) => `${key}=${value}`);
  const first = [message === undefined ? type : `${type}: ${message}`, ...words].join(' ');
  const text = [`    ${first}`, ...(stack === undefined ? [] : [stack])].join('\n');
  return cause ? `${text}\n    because of\n${reason(cause)}` : text;
}

/** A value as a line has it; a path with points. */
function shown(key: string, value: unknown): string {
  if (key === 'path' && Array.isArray(value)) return value.join('.');
  return typeof value === 'string' ? value : plain(value);
}

function plain(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
}
