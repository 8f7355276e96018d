import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';

// Runs before every npm script, on whatever Node npm has: installs packages when there are none yet or the lock file is newer.
// Plain JavaScript without imports from packages, since there may be none.

const oldest = 20;

function changedAt(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? found.mtimeMs : 0;
}

function fail(lines) {
  console.error(`\nThe packages could not be installed:\n${lines.map((line) => `  - ${line}`).join('\n')}`);
  process.exit(1);
}

if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
  if (Number(process.versions.node.split('.')[0]) < oldest)
    fail([
      `Node ${process.versions.node} is too old to install them. Expected Node ${oldest} or newer: https://nodejs.org, or "nvm install --lts".`,
    ]);
  console.log('Installing packages, this once: 700 MB, a minute or so …');
  const install = spawn('npm', ['ci', '--loglevel=error'], { stdio: 'inherit', shell: process.platform === 'win32' });
  // An install that went on by itself would get in the way of the next one: it is ended, and waited for.
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (stopped) return;
      stopped = true;
      console.error('Stopping …');
      install.kill('SIGTERM');
      // It first finishes what it downloads. What is left is installed anew at the next start.
      setTimeout(() => install.kill('SIGKILL'), 3_000).unref();
    });
  }
  install.on('error', (error) =>
    fail([`npm can't be run (${error.code}). Expected npm in the PATH, as Node brings it.`]),
  );
  install.on('exit', (status) => {
    if (status === 0) process.exit(0);
    if (stopped) process.exit(130);
    fail([
      'npm says why above, and in the log that it names. Start again once that is mended: what is missing is then installed.',
      'Offline, or the registry can\'t be reached: "npm config set registry URL" names one that can, "npm config set proxy URL" a way out; or copy node_modules from a machine of the same kind.',
      'No permission, or the disk is full: this folder has to be writable for this user, with 700 MB free.',
    ]);
  });
}
