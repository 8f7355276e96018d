import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beganTooLate } from '../../gateway/console/app/overview/coverage.ts';
import { rangeOf } from '../../gateway/console/app/overview/ranges.ts';
import { contains, panel } from './customer-fixture.ts';
import { noBrowser, seriousFindings, startConsole } from './fixture.ts';

test('a time is compared where orders begin with the time before, or hardly later', () => {
  // Compared with 2024.
  const range = rangeOf(new URLSearchParams('from=2025-01-01&to=2025-12-31'), new Date());
  const began = (oldest: string | undefined) => beganTooLate(range, oldest)?.toISOString();
  assert.equal(began('2019-05-06T10:00:00.000Z'), undefined);
  assert.equal(began('2024-01-15T10:00:00.000Z'), undefined);
  assert.equal(began('2024-03-01T10:00:00.000Z'), '2024-03-01T10:00:00.000Z');
  assert.equal(began('2025-06-01T10:00:00.000Z'), '2025-06-01T10:00:00.000Z');
  assert.equal(began(undefined), undefined, 'nobody knows');
});

test('the overview compares with no time that its orders do not cover', { skip: noBrowser }, async (t) => {
  // The demo company's orders begin on 2 November 2023.
  const { open } = await startConsole(t);
  const viewport = { width: 1440, height: 900 };
  const numbers = (page: Awaited<ReturnType<typeof open>>) => page.getByRole('list', { name: 'Numbers' });

  const covered = await open('/overview?from=2025-01-01&to=2025-12-31', { viewport });
  await contains(numbers(covered), /[+-]\d+ ?% against 1 Jan – 31 Dec 2024/);

  const late = await open('/overview?from=2024-01-01&to=2026-10-31&as=table', { viewport });
  await contains(numbers(late), 'Not compared: the oldest order is from 2 Nov 2023');
  assert.doesNotMatch(await numbers(late).innerText(), /%/);
  const rows = panel(late, 'Orders').getByRole('row');
  assert.deepEqual(await rows.first().getByRole('columnheader').allInnerTexts(), [
    'Month',
    'Orders',
    '1 Mar 2021 – 31 Dec 2023',
  ]);
  const earlier = async (month: string) => rows.filter({ hasText: month }).getByRole('cell').last().innerText();
  assert.equal(await earlier('January 2024'), 'No data');
  assert.match(await earlier('October 2026'), /^\d+$/);
  assert.deepEqual(await seriousFindings(late), []);

  const first = await open('/overview?from=2023-11-01&to=2026-10-31', { viewport });
  await contains(numbers(first), 'Not compared: the oldest order is from 2 Nov 2023');
  await panel(first, 'Orders')
    .getByRole('img', {
      name: /^Orders from 1 Nov 2023 – 31 Oct 2026 by month: [\d,]+\. The oldest order is from 2 Nov 2023\.$/,
    })
    .waitFor();
  assert.equal(await panel(first, 'Orders').getByText('1 Nov 2020').count(), 0);
});
