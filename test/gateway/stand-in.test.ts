import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { StandInProcess } from '../../gateway/embedded/stand-in-process.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { until } from './fixture.ts';

const folder = resolve(import.meta.dirname, '../../.data');

test('a stand-in whose process dies is started again where it was, three times', async (t) => {
  const lines: { level: number; msg: string }[] = [];
  const log = createLog({ level: 'info', output: { write: (line: string) => lines.push(JSON.parse(line)) } });
  const standIn = await StandInProcess.start({ names: ['customers'], folder, scale: 1 });
  t.after(() => standIn.close());
  const supervising = standIn.supervise(log);
  const { CUSTOMERS_URL, CUSTOMERS_TOKEN } = standIn.settings;
  const works = () =>
    fetch(`${CUSTOMERS_URL}/contacts?limit=1`, { headers: { authorization: `Bearer ${CUSTOMERS_TOKEN}` } }).then(
      ({ status }) => status !== 401 && status < 500,
      () => false,
    );
  assert.ok(await works());

  for (const left of [2, 1]) {
    const before = standIn.pid;
    process.kill(before as number, 'SIGKILL');
    await until(() => standIn.pid !== before);
    await until(works);
    assert.equal(lines.length, 2 * (3 - left));
  }
  process.kill(standIn.pid as number, 'SIGKILL');
  await until(() => lines.length === 6);
  process.kill(standIn.pid as number, 'SIGKILL');
  await supervising;
  assert.deepEqual(
    lines.map(({ level, msg }) => `${level} ${msg}`),
    [
      ...Array.from({ length: 3 }, () => [
        '50 demo systems ended unexpectedly; they are started again',
        '30 demo systems are there again',
      ]).flat(),
      '50 demo systems ended too often; they are not started again',
    ],
  );
});

test('a stand-in that is closed stays closed', async () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', output: { write: (line: string) => lines.push(line) } });
  const standIn = await StandInProcess.start({ names: ['customers'], folder, scale: 1 });
  const supervising = standIn.supervise(log);
  await standIn.close();
  await supervising;
  assert.deepEqual(lines, []);
  assert.throws(() => process.kill(standIn.pid as number, 0), { code: 'ESRCH' });
});

test('a stand-in that is needed no more is stopped, and the process with the last one', async (t) => {
  const standIn = await StandInProcess.start({ names: ['customers', 'finance'], folder, scale: 1 });
  t.after(() => standIn.close());
  const { CUSTOMERS_URL = '', FINANCE_URL = '' } = standIn.settings;
  const there = (url: string) =>
    fetch(url).then(
      () => true,
      () => false,
    );
  assert.deepEqual([await there(CUSTOMERS_URL), await there(FINANCE_URL)], [true, true]);
  await standIn.keep(['customers', 'orders']);
  await until(async () => !(await there(FINANCE_URL)));
  assert.equal(await there(CUSTOMERS_URL), true);
  assert.deepEqual([standIn.names, standIn.settings.FINANCE_URL], [['customers'], undefined]);
  await standIn.keep([]);
  assert.throws(() => process.kill(standIn.pid as number, 0), { code: 'ESRCH' });
});
