import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');

/** Runs a text as a program that catches what is stray, and says when it is to end. */
function run(text: string) {
  const program = `import { catchStray } from './gateway/stray.ts';
    import { createLog } from './gateway/telemetry/log.ts';
    catchStray(createLog({ level: 'info' }), () => console.log('end'));
    ${text}`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    encoding: 'utf8',
  });
  const lines = stdout.trim().split('\n');
  return { status, said: lines.map((line) => (line.startsWith('{') ? JSON.parse(line).msg : line)) };
}

test('a rejection that nobody handles is logged, and the process goes on', () => {
  const text = "Promise.reject(new Error('stray')); setImmediate(() => setImmediate(() => console.log('goes on')));";
  assert.deepEqual(run(text), { status: 0, said: ['a rejection that nobody handled', 'goes on'] });
});

test('an exception that nobody caught is logged, and ends the process in good order, once', () => {
  const text = "for (const i of [1, 2]) setImmediate(() => { throw new Error('stray ' + i); });";
  assert.deepEqual(run(text).said.sort(), [
    'an exception that nobody caught: stopping',
    'an exception that nobody caught: stopping',
    'end',
  ]);
});
