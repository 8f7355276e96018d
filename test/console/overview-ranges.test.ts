import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overviewVariables } from '../../gateway/console/app/overview/overview-query.ts';
import { dayText, type Period, type Range, rangeOf } from '../../gateway/console/app/overview/ranges.ts';

// Clocks go forward there on 29 March 2026, and back on 25 October.
process.env.TZ = 'Europe/Berlin';

const now = new Date('2026-11-22T16:00:00+01:00');
const at = (search: string) => rangeOf(new URLSearchParams(search), now);
const days = ({ from, before }: Period) => `${dayText(from)} ${dayText(before)}`;

/** Where its ends, and those of its first and its last period, are; and the same of what it's compared with. */
function outline(range: Range) {
  const { unit, periods, earlier } = range;
  const ends = (of: readonly Period[]) => [of[0], of.at(-1)].map((each) => each && days(each));
  return { unit, all: days(range), count: periods.length, ends: ends(periods), earlier: ends(earlier) };
}

test('ranges that end today', () => {
  assert.deepEqual(outline(at('range=30d')), {
    unit: 'day',
    all: '2026-10-24 2026-11-23',
    count: 30,
    ends: ['2026-10-24 2026-10-25', '2026-11-22 2026-11-23'],
    earlier: ['2026-09-24 2026-09-25', '2026-10-23 2026-10-24'],
  });
  assert.deepEqual(outline(at('range=13w')), {
    unit: 'week',
    all: '2026-08-24 2026-11-23',
    count: 13,
    ends: ['2026-08-24 2026-08-31', '2026-11-16 2026-11-23'],
    earlier: ['2026-05-25 2026-06-01', '2026-08-17 2026-08-24'],
  });
  const year = {
    unit: 'month',
    all: '2025-12-01 2026-11-23',
    count: 12,
    ends: ['2025-12-01 2026-01-01', '2026-11-01 2026-11-23'],
    earlier: ['2024-12-01 2025-01-01', '2025-11-01 2025-11-23'],
  };
  assert.deepEqual(outline(at('range=12m')), year);
  for (const other of ['', 'range=7y', 'from=2026-02-30&to=2026-03-01', 'from=2026-03-02&to=2026-03-01', 'from=x'])
    assert.deepEqual(outline(at(other)), year, other);
  assert.deepEqual([at('range=36m').periods.length, days(at('range=36m'))], [36, '2023-12-01 2026-11-23']);
});

test('days that somebody chose', () => {
  assert.deepEqual(outline(at('from=2026-10-19&to=2026-11-01')), {
    unit: 'day',
    all: '2026-10-19 2026-11-02',
    count: 14,
    ends: ['2026-10-19 2026-10-20', '2026-11-01 2026-11-02'],
    earlier: ['2026-10-05 2026-10-06', '2026-10-18 2026-10-19'],
  });
  // Whole months are compared with whole months, though the quarter before has other days.
  assert.deepEqual(outline(at('from=2026-04-01&to=2026-06-30')), {
    unit: 'week',
    all: '2026-04-01 2026-07-01',
    count: 14,
    ends: ['2026-04-01 2026-04-06', '2026-06-29 2026-07-01'],
    earlier: ['2026-01-01 2026-01-06', '2026-03-29 2026-04-01'],
  });
  const march = at('from=2026-03-01&to=2026-03-31').earlier;
  assert.deepEqual(march.slice(26).map(days), [
    '2026-02-27 2026-02-28',
    '2026-02-28 2026-03-01',
    '2026-03-01 2026-03-01',
    '2026-03-01 2026-03-01',
    '2026-03-01 2026-03-01',
  ]);
  assert.equal(at('from=2024-01-01&to=2026-11-01').unit, 'month');
  assert.deepEqual(
    [at('from=1970-01-01&to=2026-12-31').unit, at('from=1970-01-01&to=2026-12-31').periods.length],
    ['year', 49],
  );
});

test('days are as long as clocks make them', () => {
  const hours = ({ from, before }: Period) => (before.getTime() - from.getTime()) / 3_600_000;
  const spring = at('from=2026-03-28&to=2026-03-30').periods.map(hours);
  const autumn = at('from=2026-10-24&to=2026-10-26').periods.map(hours);
  assert.deepEqual(
    [spring, autumn],
    [
      [24, 23, 24],
      [24, 25, 24],
    ],
  );
});

test('periods meet without gaps, and the graph takes as many as there may be', () => {
  for (
    let first = new Date(2023, 0, 1);
    first < now;
    first = new Date(first.getFullYear(), first.getMonth(), first.getDate() + 1)
  ) {
    const range = at(`from=${dayText(first)}&to=${dayText(now)}`);
    const { periods } = overviewVariables(range) as { readonly periods: readonly Period[] };
    assert.ok(periods.length <= 100, `${periods.length} periods from ${dayText(first)}`);
    assert.deepEqual([range.periods[0]?.from, range.periods.at(-1)?.before], [range.from, range.before]);
    for (const [i, { from }] of range.periods.entries())
      if (i > 0) assert.deepEqual(from, range.periods[i - 1]?.before);
    assert.ok(range.earlier.every(({ from, before }) => from <= before && before <= range.from));
    assert.ok(periods.every(({ from, before }) => from < before));
  }
});
