import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { openPage, problem } from './support/page.js';

let page;
let every;
let starts;
beforeEach(async () => {
  page = openPage();
  ({ every } = await page.load('timer.js'));
  starts = [];
});

/** A task that takes some seconds. */
const task = (seconds = 0) => () => {
  starts.push(page.time.seconds);
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
};

describe('a periodic task', () => {
  it('runs immediately and then periodically', async () => {
    every(2, task());
    await page.time.advance(5);
    assert.deepEqual(starts, [0, 2, 4]);
  });

  it('has the period between the end of one run and the start of the next', async () => {
    every(2, task(3));
    await page.time.advance(11);
    assert.deepEqual(starts, [0, 5, 10]);
  });

  it('runs again after an error', async () => {
    every(2, () => {
      starts.push(page.time.seconds);
      return Promise.reject(new Error('failed'));
    });
    await page.time.advance(3);
    assert.deepEqual(starts, [0, 2]);
  });

  it('is run by the caller, which restarts the period, but never twice at once', async () => {
    const run = every(4, task(1));
    run();
    await page.time.advance(2);
    run();
    run();
    await page.time.advance(6);
    assert.deepEqual(starts, [0, 2, 7]);
  });

  it('rests while the page is hidden, and runs once it is visible', async () => {
    every(2, task());
    await page.time.advance(1);
    page.setHidden(true);
    await page.time.advance(10);
    page.setHidden(false);
    await page.time.advance(3);
    assert.deepEqual(starts, [0, 11, 13]);
  });

  it('rests while a token is missing, and runs once it is entered', async () => {
    const api = await page.load('api.js');
    page.respond = () => problem(401);
    await api.request('/v1/status').catch(() => {});
    every(2, task());
    await page.time.advance(10);
    assert.deepEqual(starts, []);
    api.setToken('secret');
    await page.time.advance(2);
    assert.deepEqual(starts, [10, 12]);
  });
});
