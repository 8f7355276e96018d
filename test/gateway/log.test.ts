import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createLog } from '../../gateway/telemetry/log.ts';

test('lines are JSON where no person reads along', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', output: { write: (text) => lines.push(text) } });
  log.debug('unheard');
  log.warn({ subgraph: 'orders' }, 'late');
  const { time, ...line } = JSON.parse(lines.join(''));
  assert.deepEqual(line, { level: 40, subgraph: 'orders', msg: 'late' });
  assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('lines are short on a terminal, with the stack of an error below', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', output: { isTTY: true, write: (text) => lines.push(text) } });
  log.warn({ subgraph: 'orders', ms: 12, err: new Error('down') }, 'late');
  const [first = '', second = ''] = stripVTControlCharacters(lines.join('')).split('\n');
  assert.match(first, /^\d\d:\d\d:\d\d warn {2}late subgraph=orders ms=12$/);
  assert.match(second, /^ {4}Error: down$/);
});
