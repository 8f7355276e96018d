import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';

// Runs before every npm script, on whatever Node npm has: installs packages when there are none yet or the lock file is newer.
// Plain JavaScript without imports from packages, since there may be none.

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
  console.log('Installing packages, this once …');
  const install = spawn('npm', ['ci', '--loglevel=error'], { stdio: 'inherit', shell: process.platform === 'win32' });
  // An install that went on by itself would get in the way of the next one: it is ended, and waited for.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => install.kill('SIGTERM'));
  install.on('exit', (status) => process.exit(status ?? 1));
}
