import { resolve } from 'node:path';
import { readArguments } from '../../gateway/terminal/arguments.ts';
import { helpText } from '../../gateway/terminal/help.ts';

/** What one run of the bench does. */
export interface Options {
  /** How long each measurement is, in seconds. */
  readonly seconds: number;
  /** How often the contestants take turns. */
  readonly rounds: number;
  /** How long each is warmed up, in seconds. */
  readonly warmUp: number;
  /** How long 256 connections are held, in seconds. */
  readonly hold: number;
  /** How many requests the heap must outlast. */
  readonly requests: number;
  /** How many different operations the cache must outlast. */
  readonly operations: number;
  /** How many different requests of a workload are asked, at most. */
  readonly different: number;
  /** The parts to run; all without it. */
  readonly only: readonly string[];
  /** The contestants; all without it. */
  readonly against: readonly string[];
  readonly json: string | undefined;
  /** The checkout that Junction runs from. */
  readonly checkout: string;
}

/** What `--help` says. */
export const help = helpText({
  usage: ['npm run bench [-- OPTIONS]'],
  about:
    'Measures Junction beside what it is compared with, on the same canned subgraphs, and checks every answer. About 15 minutes, on Linux; nothing else should run on the machine. Installs Hive Gateway into a temporary folder.',
  sections: [
    {
      title: 'Options (and what holds without)',
      rows: [
        [
          '--only NAME',
          'one part, or some with commas: view, heavy, one-field, access, telemetry, operations, whole, hold, workers, calm, memory (all)',
        ],
        ['--against NAME', 'with Junction only these, with commas: hand, fastify, stock, hive (all)'],
        ['--seconds N', 'how long each measurement is (3)'],
        ['--rounds N', 'how often contestants take turns (3)'],
        ['--long', '256 connections for 60 s, 1,000,000 requests, 5 rounds: about 45 minutes'],
        ['--quick', 'a short try of everything; its figures mean little'],
        ['--json FILE', "all figures, with every round's (none)"],
        ['--junction FOLDER', 'another checkout of Junction to measure (this one)'],
      ],
    },
  ],
  examples: ['npm run bench -- --quick', 'npm run bench -- --only view,memory --json figures.json'],
  more: 'README.md, "How fast".',
}).trimEnd();

/** Reads the command line. Errors: of `readArguments`, and RangeError. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = readArguments('npm run bench', {
    args: [...args],
    options: {
      only: { type: 'string' },
      against: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      long: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      junction: { type: 'string', default: resolve(import.meta.dirname, '../..') },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick, long } = values;
  const size = quick ? 'quick' : long ? 'long' : 'usual';
  const sizes = {
    quick: { seconds: 1, rounds: 1, warmUp: 1, hold: 3, requests: 20_000, operations: 500, different: 32 },
    usual: { seconds: 3, rounds: 3, warmUp: 3, hold: 15, requests: 100_000, operations: 10_000, different: 1000 },
    long: { seconds: 5, rounds: 5, warmUp: 5, hold: 60, requests: 1_000_000, operations: 10_000, different: 1000 },
  }[size];
  return {
    ...sizes,
    seconds: number('seconds', values.seconds) ?? sizes.seconds,
    rounds: number('rounds', values.rounds) ?? sizes.rounds,
    only: values.only?.split(',') ?? [],
    against: values.against?.split(',') ?? [],
    json: values.json,
    checkout: resolve(values.junction),
  };
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0 && value <= 600)) throw new RangeError(`--${name}: expected a number from 1 to 600, got ${text}.`);
  return value;
}
