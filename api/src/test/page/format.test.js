import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { load } from './support/page.js';

const { bytes, clock, duration, fixed, integer, labelOf, localTime, metricLabel, percent, shareText, threeDigits } =
  await load('format.js');

/** Checks a function against a list of arguments and results. */
function check(format, cases) {
  for (const [value, text] of cases) assert.equal(format(value), text, `of ${value}`);
}

describe('numbers', () => {
  it('have a dash where they are absent', () => {
    for (const absent of [undefined, null, NaN, Infinity, -Infinity]) {
      assert.equal(fixed(absent, 2), '–');
      assert.equal(integer(absent), '–');
      assert.equal(percent(absent), '–');
      assert.equal(threeDigits(absent), '–');
      assert.equal(duration(absent), '–');
    }
  });

  it('have fixed decimals', () => {
    assert.equal(fixed(0.125, 1), '0.1');
    assert.equal(fixed(3, 2), '3.00');
    assert.equal(fixed(-0.5, 0), '-1');
  });

  it('are grouped by thousands and rounded as integers', () => check(integer, [
    [0, '0'], [999.4, '999'], [999.5, '1,000'], [1234567, '1,234,567'],
  ]));

  it('have three significant digits', () => check(threeDigits, [
    [0, '0'], [1, '1.00'], [12.345, '12.3'], [0.012345, '0.0123'], [-0.5, '-0.500'], [123.4, '123'], [12345, '12,345'],
  ]));

  it('have three significant digits where rounding adds one before the point', () => check(threeDigits, [
    [9.999, '10.0'], [99.97, '100'], [0.9999, '1.00'], [-9.999, '-10.0'],
  ]));

  it('have an exponent from a million and below a ten-thousandth', () => check(threeDigits, [
    [999_999, '999,999'], [1e6, '1.0e+6'], [0.0001, '0.000100'], [0.00009, '9.0e-5'], [-2e9, '-2.0e+9'],
  ]));
});

describe('a share', () => {
  it('is in percent', () => {
    assert.equal(percent(0.256), '26 %');
    assert.equal(percent(0.256, 1), '25.6 %');
  });

  it('is 0 or 100 only if it is exact', () => check(shareText, [
    [0, '0.0 %'], [0.0001, '< 0.1 %'], [0.0005, '0.1 %'], [0.5, '50.0 %'], [0.9994, '99.9 %'], [0.9999, '> 99.9 %'],
    [1, '100.0 %'],
  ]));
});

describe('a duration', () => {
  it('is in milliseconds below a second', () => check(duration, [
    [0, '0.0 ms'], [0.00123, '1.2 ms'], [0.01, '10 ms'], [0.25, '250 ms'], [0.9994, '999 ms'],
  ]));

  it('is in seconds below a minute', () => check(duration, [
    [1, '1.00 s'], [9.99, '9.99 s'], [10, '10.0 s'], [59.94, '59.9 s'],
  ]));

  it('is in minutes and hours above', () => check(duration, [
    [60, '1:00 min'], [65, '1:05 min'], [3599, '59:59 min'], [3600, '1:00:00 h'], [3665, '1:01:05 h'],
  ]));

  it('takes the larger unit if it is rounded up to it', () => check(duration, [
    [0.9996, '1.00 s'], [9.996, '10.0 s'], [59.97, '1:00 min'], [3599.6, '1:00:00 h'],
  ]));
});

describe('a position', () => {
  it('is in minutes and seconds, and hours if there are any', () => check(clock, [
    [0, '0:00'], [5, '0:05'], [59.5, '1:00'], [65, '1:05'], [600, '10:00'], [3599.6, '1:00:00'], [36_000, '10:00:00'],
  ]));
});

describe('a size', () => {
  it('is in bytes, KiB or MiB', () => check(bytes, [
    [0, '0 bytes'], [1023, '1023 bytes'], [1024, '1 KiB'], [10_240, '10 KiB'], [1024 ** 2, '1.0 MiB'],
    [1.5 * 1024 ** 2, '1.5 MiB'], [200 * 1024 ** 2, '200.0 MiB'],
  ]));

  it('takes MiB if it is rounded up to one', () => check(bytes, [
    [1023.4 * 1024, '1023 KiB'], [1024 ** 2 - 1, '1.0 MiB'],
  ]));
});

describe('a time', () => {
  process.env.TZ = 'Asia/Kathmandu';

  it('has the date only if it is not today', () => {
    const now = new Date();
    now.setHours(9, 5, 7);
    assert.equal(localTime(now.toISOString()), '09:05:07');
    assert.equal(localTime('2001-02-03T20:00:00Z'), '2001-02-04 01:45:00');
  });

  it('is a dash if it cannot be parsed', () => check(localTime, [[undefined, '–'], ['', '–'], ['yesterday', '–']]));
});

describe('a label', () => {
  it('begins with a capital and has spaces', () => check(labelOf, [
    ['predicted_features', 'Predicted features'], ['tempo', 'Tempo'], ['', ''],
  ]));

  it('of a metric names Euclid', () => check(metricLabel, [
    ['standardised-euclidean', 'Standardised Euclidean'], ['euclidean', 'Euclidean'], ['cosine', 'Cosine'],
    ['great-circle', 'Great circle'],
  ]));
});
