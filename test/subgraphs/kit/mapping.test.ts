import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Temporal } from 'temporal-polyfill';
import type { ValueMapping } from '../../../subgraphs/kit/forms.ts';
import {
  composed,
  concat,
  constant,
  day,
  flag,
  money,
  oneOf,
  scaled,
  timestamp,
  valueMap,
} from '../../../subgraphs/kit/mapping.ts';
import type { Row } from '../../../subgraphs/kit/source.ts';

/** What a form makes of rows. */
function read(form: ValueMapping, ...rows: Row[]): unknown[] {
  return rows.map((row) => form.read(row, () => {}));
}

/** Whole numbers below a limit, the same in each run (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('the forms of the mapping', () => {
  test('valueMap: codes for words, both ways; what is not listed stays, or is nothing', () => {
    const form = valueMap('country', { DE: 'Germany', AT: 'Austria' });
    assert.deepEqual(read(form, { country: 'DE' }, { country: 'Peru' }, { country: null }), ['Germany', 'Peru', null]);
    // What a filter writes is what is shown so: by a code, or by itself. DE is never shown.
    const written = ['Austria', 'Peru', 'DE'].map((value) => form.write?.(value));
    assert.deepEqual(written, [['AT', 'Austria'], ['Peru'], []]);
    const strict = valueMap('country', { DE: 'Germany' }, { otherwise: null });
    assert.deepEqual(read(strict, { country: 'Peru' }, { country: 'constructor' }), [null, null]);
    assert.deepEqual(strict.write?.('Peru'), []);
  });

  test('flag: codes of any type, several for one answer', () => {
    const form = flag('active', { yes: ['J', 1], no: 'N' });
    const rows = ['J', '1', 1n, 'N', 'x', null].map((active) => ({ active }));
    assert.deepEqual(read(form, ...rows), [true, true, true, false, null, null]);
    assert.deepEqual([form.write?.(true), form.write?.(false)], [['J', 1], ['N']]);
  });

  test('constant, also as the currency of an amount', () => {
    assert.deepEqual(read(constant('EUR'), {}), ['EUR']);
    const form = money('price', constant('USD'), 'major');
    assert.deepEqual(form.columns, ['price']);
    assert.deepEqual(read(form, { price: '14' }, { price: null }), [{ amount: '14.00', currencyCode: 'USD' }, null]);
    const renamed = money('price', valueMap('curr', { $: 'USD' }), 'major');
    assert.deepEqual(read(renamed, { price: '1.5', curr: '$' }), [{ amount: '1.50', currencyCode: 'USD' }]);
  });

  test('scaled: exact, and rounded only where places are given', () => {
    assert.deepEqual(read(scaled('kg', '1000'), { kg: '12.345' }, { kg: 2 }, { kg: null }), ['12345', '2000', null]);
    const huge = '123456789012345678901234567890.1';
    assert.deepEqual(read(scaled('n', '0.01'), { n: huge }), ['1234567890123456789012345678.901']);
    const pounds = scaled('lb', '453.59237', { places: 0 });
    assert.deepEqual(read(pounds, { lb: '1' }, { lb: '-1' }, { lb: '0.5' }), ['454', '-454', '227']);
    for (const factor of ['a thousand', '0', '0.00', '-1000', '-0'])
      assert.throws(() => scaled('kg', factor), TypeError, factor);
    assert.equal(scaled('kg', '1000').accepts?.kg?.includes('text'), false, 'text is in no order of numbers');
    assert.throws(() => read(scaled('kg', '1000'), { kg: '1e3' }), TypeError);
  });

  test('concat: without what is not there', () => {
    const form = concat(['first', 'middle', 'last']);
    const rows = [
      { first: 'Ada', middle: null, last: 'Lovelace' },
      { first: ' ', middle: '', last: null },
    ];
    assert.deepEqual(read(form, ...rows), ['Ada Lovelace', null]);
  });

  test('composed: an ID of several columns that can always be taken apart again', () => {
    const form = composed(['order', 'line']);
    assert.deepEqual(read(form, { order: 10248, line: 11 }, { order: 1, line: null }), ['10248-11', null]);
    assert.deepEqual(form.split?.('10248-11'), ['10248', '11']);
    for (const order of ['a-b', 'a%2Db', '%', '-', '%25-', 'ü/', '']) {
      for (const line of ['-', '1', '%2D%25']) {
        const [id] = read(form, { order, line });
        assert.deepEqual(form.split?.(id), [order, line], String(id));
      }
    }
    assert.deepEqual([form.split?.('10248'), form.split?.('1-2-3')], [undefined, undefined]);
  });

  test('composed: any separator that it takes tells any columns apart', () => {
    for (const separator of ['', '--', '%', '2', 'D', 'd', '😀'])
      assert.throws(() => composed(['order', 'line'], separator), TypeError, separator);
    const random = randomFrom(1);
    const letters = ['%', '2', 'D', 'F', 'd', '-', '/', ':', 'ü', '_', '😀', ' '];
    const text = () => Array.from({ length: random(6) }, () => letters[random(letters.length)]).join('');
    for (const separator of ['-', '/', ':', 'ü', '_', ' ']) {
      const form = composed(['order', 'line'], separator);
      for (let i = 0; i < 500; i++) {
        const [order, line] = [text(), text()];
        const [id] = read(form, { order, line });
        assert.deepEqual(form.split?.(id), [order, line], String(id));
      }
    }
  });

  test('oneOf: one value for several codes, UNKNOWN and a remark for any other', () => {
    const remarks: string[] = [];
    const form = oneOf('state', { 1: 'NEW', 2: 'OPEN', 3: 'OPEN' });
    const values = [1, '2', 3n, 'toString'].map((state) => form.read({ state }, (remark) => remarks.push(remark)));
    assert.deepEqual(values, ['NEW', 'OPEN', 'OPEN', 'UNKNOWN']);
    assert.deepEqual(remarks, ['state holds "toString", which the mapping does not know']);
    assert.deepEqual(form.write?.('OPEN'), ['2', '3']);
  });
});

describe('moments', () => {
  const cases: [form: ValueMapping, raw: unknown, moment: string | null, written: unknown][] = [
    [timestamp('t', 'seconds'), 1700000000, '2023-11-14T22:13:20.000Z', 1700000000],
    [timestamp('t', 'milliseconds'), 1700000000123, '2023-11-14T22:13:20.123Z', 1700000000123],
    [timestamp('t', 'yyyyMMddHHmmss'), '20260329013000', '2026-03-29T01:30:00.000Z', '20260329013000'],
    [timestamp('t', 'datetime'), '2026-03-29 01:30:00.123456', '2026-03-29T01:30:00.123Z', '2026-03-29 01:30:00.123'],
    [timestamp('t', 'datetime'), '2026-03-29 01:30:00+00', '2026-03-29T01:30:00.000Z', '2026-03-29 01:30:00.000'],
    [timestamp('t', 'datetime'), '2026-03-29 03:30:00+05:30', '2026-03-28T22:00:00.000Z', '2026-03-28 22:00:00.000'],
    [timestamp('t', 'moment'), '2026-03-29T03:30:00+05:30', '2026-03-28T22:00:00.000Z', '2026-03-28T22:00:00.000Z'],
    [timestamp('t', 'date'), '1996-07-04', '1996-07-04T00:00:00.000Z', '1996-07-04'],
    // The hour that Berlin skips, the one that it has twice, and a winter's day.
    [inBerlin('datetime'), '2026-03-29 02:30:00', '2026-03-29T01:30:00.000Z', '2026-03-29 03:30:00.000'],
    [inBerlin('datetime'), '2025-10-26 02:30:00', '2025-10-26T00:30:00.000Z', '2025-10-26 02:30:00.000'],
    [inBerlin('date'), '2026-01-15', '2026-01-14T23:00:00.000Z', '2026-01-15'],
    [timestamp('t', 'datetime'), '0000-00-00 00:00:00', null, undefined],
    [timestamp('t', 'datetime'), 'infinity', null, undefined],
    [timestamp('t', 'seconds'), '', null, undefined],
  ];

  function inBerlin(form: 'datetime' | 'date'): ValueMapping {
    return timestamp('t', form, { zone: 'Europe/Berlin' });
  }

  test('each form, read and written again', () => {
    for (const [form, t, moment, written] of cases) {
      assert.deepEqual(read(form, { t }), [moment], String(t));
      if (moment !== null) assert.deepEqual(form.write?.(moment), [written], String(t));
    }
  });

  test('a form that is coarser than the moment begins at the next that is not before it', () => {
    const moment = '2026-03-29T01:30:00.001Z';
    const written = (['seconds', 'yyyy-MM-dd HH:mm:ss', 'date'] as const).map((form) =>
      timestamp('t', form).write?.(moment),
    );
    assert.deepEqual(written, [[1774747801], ['2026-03-29 01:30:01'], ['2026-03-30']]);
  });

  test('a moment needs no zone, but its day does', () => {
    assert.throws(
      () => timestamp('t', 'moment', { zone: 'Europe/Berlin' }),
      /the column holds moments; leave zone out/,
    );
    const form = day('t', 'moment', { zone: 'Europe/Berlin' });
    const rows = ['2026-06-30T21:59:59.999Z', '2026-06-30T22:00:00Z', '2026-06-30 22:00:00+00'].map((t) => ({ t }));
    assert.deepEqual(read(form, ...rows), ['2026-06-30', '2026-07-01', '2026-07-01']);
    assert.deepEqual(form.write?.('2026-07-01'), ['2026-06-30T22:00:00.000Z']);
    assert.deepEqual([form.accepts?.t, timestamp('t', 'datetime').accepts?.t], [['moment'], ['datetime']]);
  });

  test('what is compared as text agrees with what is read, also around the hours that come twice or never', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'America/Havana'];
    const forms = ['datetime', 'yyyy-MM-dd HH:mm:ss', 'yyyyMMddHHmmss', 'date'] as const;
    const random = randomFrom(2);
    for (const zone of zones) {
      for (const moment of aroundTransitions(zone, random)) {
        for (const name of forms) {
          const form = timestamp('t', name, { zone });
          const limit = form.write?.(new Date(moment).toISOString())[0];
          for (let i = 0; i < 20; i++) {
            const t = clockIn(zone, moment + (random(6 * 3600) - 3 * 3600) * 1000, name);
            const [shown] = read(form, { t });
            const isFrom = Date.parse(String(shown)) >= moment;
            assert.equal(t >= String(limit), isFrom, `${zone} ${name} ${new Date(moment).toISOString()}: ${t}`);
          }
        }
      }
    }
  });

  /** Moments within two hours of a zone's changes, some of them with milliseconds. */
  function aroundTransitions(zone: string, random: (below: number) => number): number[] {
    const moments: number[] = [];
    let at: Temporal.ZonedDateTime | null = Temporal.Instant.from('2012-01-01T00:00:00Z').toZonedDateTimeISO(zone);
    for (let i = 0; i < 8; i++) {
      at = at?.getTimeZoneTransition('next') ?? null;
      if (!at) break;
      const change = at.epochMilliseconds;
      const near = Array.from({ length: 12 }, () => change + (random(4 * 3600) - 2 * 3600) * 1000 + (random(2) && 1));
      moments.push(change, ...near);
    }
    return moments;
  }

  /** What the clock shows, as a system would write it. */
  function clockIn(zone: string, moment: number, form: 'datetime' | 'yyyy-MM-dd HH:mm:ss' | 'yyyyMMddHHmmss' | 'date') {
    const clock = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone).toPlainDateTime();
    if (form === 'date') return clock.toPlainDate().toString();
    const digits = form === 'datetime' ? 3 : 0;
    const text = clock.toString({ fractionalSecondDigits: digits }).replace('T', ' ');
    return form === 'yyyyMMddHHmmss' ? text.replace(/\D/g, '') : text;
  }

  test('a zone that there is not', () => {
    assert.throws(() => timestamp('t', 'datetime', { zone: 'Europe/Atlantis' }), /no time zone "Europe\/Atlantis"/);
  });
});
