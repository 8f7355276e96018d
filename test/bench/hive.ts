import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hiveVersion = '2.14.2';

/** Its own range lets this package in at a version that it doesn't work with. */
const overrides = { '@graphql-tools/batch-execute': '10.2.0' };

/**
 * Installs Hive Gateway into a folder beside the system's other temporary files, where it stays for the next time; it is no
 * dependency of Junction's. Returns the path of its program, or why there is none.
 */
export async function installHive(): Promise<{ program: string } | { missing: string }> {
  const folder = join(tmpdir(), `junction-bench-hive-${hiveVersion}`);
  const program = 'node_modules/@graphql-hive/gateway/dist/bin.js';
  if (existsSync(join(folder, program))) return { program: join(folder, program) };
  const half = `${folder}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  const dependencies = { '@graphql-hive/gateway': hiveVersion, graphql: '16.15.0' };
  writeFileSync(join(half, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
  process.stderr.write(`Installing Hive Gateway ${hiveVersion} into ${folder}, this once …\n`);
  const npm = spawn('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: half, stdio: 'ignore' });
  const late = setTimeout(() => npm.kill(), 240_000);
  const status = await new Promise((resolve) => npm.once('exit', resolve).once('error', resolve));
  clearTimeout(late);
  if (status === 0 && existsSync(join(half, program))) {
    renameSync(half, folder);
    return { program: join(folder, program) };
  }
  rmSync(half, { recursive: true, force: true });
  return { missing: `Hive Gateway ${hiveVersion} can't be installed here (npm: ${status}); it is left out.` };
}
