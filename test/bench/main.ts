import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../gateway/config.ts';
import { access } from './access.ts';
import { Bench, type Part } from './bench.ts';
import { calm } from './calm.ts';
import { compare } from './compare.ts';
import { different } from './different.ts';
import { hiveVersion, installHive } from './hive.ts';
import { hold } from './hold.ts';
import { memory } from './memory.ts';
import { help, readOptions } from './options.ts';
import { stopAll } from './process.ts';
import { startSubgraphs } from './subgraphs.ts';
import { telemetry } from './telemetry.ts';
import { whole } from './whole.ts';
import { workers } from './workers.ts';

// npm run bench: what Junction costs, beside what it is compared with. See `help`.

const parts: Readonly<Record<string, (bench: Bench) => Promise<Part>>> = {
  view: (bench) => compare(bench, 'view', bench.among('hand', 'stock', 'hive', 'junction')),
  heavy: (bench) => compare(bench, 'heavy', bench.among('hand', 'stock', 'hive', 'junction')),
  'one-field': (bench) => compare(bench, 'oneField', bench.among('fastify', 'stock', 'hive', 'junction')),
  access,
  telemetry,
  operations: different,
  whole,
  hold,
  workers,
  calm,
  memory,
};

/** The parts that Hive Gateway takes part in. */
const withHive: ReadonlySet<string> = new Set(['view', 'heavy', 'one-field', 'operations', 'hold']);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') return say(`${help}\n`);
  const unknown = options.only.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0)
    throw new RangeError(`--only: expected ${Object.keys(parts).join(', ')}; got ${unknown.join(', ')}.`);
  if (process.platform !== 'linux')
    throw new RangeError('CPU times are read from /proc: the bench runs on Linux only.');
  const folder = mkdtempSync(join(tmpdir(), 'junction-bench-'));
  let failed = true;
  try {
    const wantsHive =
      (options.against.length === 0 || options.against.includes('hive')) &&
      (options.only.length === 0 || options.only.some((name) => withHive.has(name)));
    const hive = wantsHive ? await installHive() : { missing: '' };
    const bench = await Bench.create(
      options,
      await startSubgraphs(folder),
      folder,
      'program' in hive ? hive.program : undefined,
    );
    const machine = {
      processor: cpus()[0]?.model,
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      hive: hiveVersion,
    };
    say(
      `Node ${machine.node}, ${machine.cores} cores (${machine.processor}). ${options.rounds} rounds of ${options.seconds} s; medians.\n`,
    );
    say(
      'CPU ms: user and system time of the gateway per request, at 16 connections. Latencies in ms, by connections.\n\n',
    );
    if ('missing' in hive && hive.missing) say(`${hive.missing}\n\n`);
    const figures: Record<string, unknown> = {};
    for (const [name, run] of Object.entries(parts)) {
      if (options.only.length > 0 && !options.only.includes(name)) continue;
      const began = performance.now();
      const part = await run(bench);
      figures[name] = part.figures;
      say(`${part.text}  (${Math.round((performance.now() - began) / 1000)} s)\n\n`);
      if (options.json)
        writeFileSync(
          options.json,
          `${JSON.stringify({ machine, options, figures, faults: bench.faults }, null, 2)}\n`,
        );
    }
    for (const fault of bench.faults) say(`! ${fault}\n`);
    failed = bench.faults.length > 0;
  } finally {
    await stopAll();
    if (failed) process.stderr.write(`What the programs wrote is in ${folder}.\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = failed ? 1 : 0;
}

function say(text: string): void {
  process.stdout.write(text);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stopAll().finally(() => process.exit(130)));
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(
      `${error instanceof RangeError || error instanceof ConfigError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE') ? (error as Error).message : (error as Error).stack}\n`,
    );
    process.exit(1);
  },
);
