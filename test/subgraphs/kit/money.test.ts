import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromMinor, places, rescale, toMinor } from '../../../subgraphs/kit/money.ts';

test('minor units become decimal text with the currency’s own number of places', () => {
  assert.equal(fromMinor(124990, 'EUR'), '1249.90');
  assert.equal(fromMinor(5, 'USD'), '0.05');
  assert.equal(fromMinor(-5, 'USD'), '-0.05');
  assert.equal(fromMinor(1200, 'JPY'), '1200');
  assert.equal(fromMinor(1234, 'KWD'), '1.234');
  assert.equal(fromMinor(90071992547409931n, 'EUR'), '900719925474099.31');
  assert.throws(() => fromMinor(12.5, 'EUR'), TypeError);
  assert.throws(() => fromMinor('12,5', 'EUR'), TypeError);
});

test('decimal text becomes minor units again, exactly', () => {
  assert.equal(toMinor('1249.9', 'EUR'), 124990n);
  assert.equal(toMinor('-0.05', 'EUR'), -5n);
  assert.equal(toMinor('1200', 'JPY'), 1200n);
  assert.equal(toMinor('1.500', 'EUR'), 150n);
  assert.throws(() => toMinor('1.005', 'EUR'), TypeError);
  assert.throws(() => toMinor('1e3', 'EUR'), TypeError);
});

test('a decimal gets the places of its currency and loses none of its own', () => {
  assert.equal(rescale('12.5', 'EUR'), '12.50');
  assert.equal(rescale('12.500', 'EUR'), '12.50');
  assert.equal(rescale('12.505', 'EUR'), '12.505');
  assert.equal(rescale('1200.00', 'JPY'), '1200');
  assert.throws(() => rescale('abc', 'EUR'), TypeError);
});

test('places come from ISO 4217; a code that is not known has two', () => {
  assert.deepEqual(['EUR', 'JPY', 'BHD', 'QQQ', 'x'].map(places), [2, 0, 3, 2, 2]);
});
