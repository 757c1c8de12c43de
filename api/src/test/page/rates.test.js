import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { load } from './support/page.js';
import { VirtualTime } from './support/time.js';

const { EventRates, StatusRates } = await load('rates.js');

/** Live of GET /v1/status after some seconds in which each total rose steadily. */
const steady = (seconds, changes = {}) => ({
  uptime_seconds: seconds, clips: 2 * seconds, tracks: 0.5 * seconds, decoded_audio_seconds: 60 * seconds,
  latency_seconds: 1.5 * seconds, queue_seconds: 0.1 * seconds, audio_files_lag: 3, mfcc_lag: 4, ...changes,
});

describe('rates from two statuses', () => {
  it('are the increase of a total by the increase of the uptime', () => {
    const rates = new StatusRates();
    rates.push(steady(100));
    const { clips, tracks, audio } = rates.push(steady(104));
    assert.deepEqual({ clips, tracks, audio }, { clips: 2, tracks: 0.5, audio: 60 });
  });

  it('are means per track and per clip for latency and queue time', () => {
    const rates = new StatusRates();
    rates.push(steady(100, { latency_seconds: 10, tracks: 5, queue_seconds: 1, clips: 10 }));
    const metrics = rates.push(steady(102, { latency_seconds: 16, tracks: 8, queue_seconds: 2, clips: 14 }));
    assert.equal(metrics.latency, 2);
    assert.equal(metrics.queue, 0.25);
  });

  it('are unknown at the first status, but the lag is not', () => {
    const metrics = new StatusRates().push(steady(100));
    assert.deepEqual(metrics, { clips: NaN, tracks: NaN, audio: NaN, latency: NaN, queue: NaN, lag: 7 });
  });

  it('are 0 for an idle service, whose latency is unknown', () => {
    const rates = new StatusRates();
    rates.push(steady(100));
    const metrics = rates.push({ ...steady(100), uptime_seconds: 102 });
    assert.equal(metrics.clips, 0);
    assert.equal(metrics.latency, NaN);
    assert.equal(metrics.queue, NaN);
  });

  it('are means over the last ten seconds', () => {
    const rates = new StatusRates();
    for (let second = 0; second <= 20; second += 2) rates.push(steady(second));
    const busy = { clips: 40 + 50 };
    assert.equal(rates.push(steady(22, busy)).clips, (40 + 50 - 24) / 10);
    for (let second = 24; second < 32; second += 2) rates.push(steady(second, busy));
    assert.equal(rates.push(steady(32, busy)).clips, 0, 'ten seconds after the burst');
  });

  it('use the last two statuses if they are further apart', () => {
    const rates = new StatusRates();
    rates.push(steady(0));
    rates.push(steady(2));
    assert.equal(rates.push(steady(3600, { clips: 4 + 3598 })).clips, 1);
  });

  it('begin again when the process has restarted', () => {
    const rates = new StatusRates();
    rates.push(steady(100));
    assert.equal(rates.push(steady(4)).clips, NaN);
    assert.equal(rates.push(steady(6)).clips, 2);
  });

  it('are never negative after a restart that the page did not see', () => {
    const rates = new StatusRates();
    rates.push(steady(100));
    assert.equal(rates.push(steady(400, { clips: 10, tracks: 1, decoded_audio_seconds: 300 })).clips, NaN);
    assert.equal(rates.push(steady(402, { clips: 14, tracks: 2, decoded_audio_seconds: 400 })).clips, 2);
  });
});

describe('rates from events', () => {
  let time;
  let rates;
  beforeEach(() => {
    time = new VirtualTime('2024-05-06T12:00:00Z');
    rates = new EventRates();
  });

  const prediction = (time_, changes = {}) =>
    ({ event_time: time_, clip_count: 4, duration_seconds: 120, ...changes });

  it('are counted over ten seconds', async () => {
    await time.advance(100);
    rates.push(prediction('2024-05-06T12:01:38Z'));
    rates.push(prediction('2024-05-06T12:01:36Z', { clip_count: 1, duration_seconds: 30 }));
    assert.deepEqual(rates.metrics(),
      { clips: 0.5, tracks: 0.2, audio: 15, latency: 3, queue: NaN, lag: NaN });
  });

  it('forget a prediction after ten seconds', async () => {
    await time.advance(100);
    rates.push(prediction('2024-05-06T12:01:38Z'));
    await time.advance(9.9);
    assert.equal(rates.metrics().tracks, 0.1);
    await time.advance(0.1);
    assert.equal(rates.metrics().tracks, 0);
    assert.equal(rates.metrics().latency, NaN);
  });

  it('are divided by the time since the page was opened, at least a second', async () => {
    rates.push(prediction('2024-05-06T12:00:00Z'));
    assert.equal(rates.metrics().tracks, 1);
    await time.advance(4);
    assert.equal(rates.metrics().tracks, 0.25);
  });

  it('have no negative latency if the clocks differ', () => {
    rates.push(prediction('2024-05-06T12:00:30Z'));
    assert.equal(rates.metrics().latency, 0);
  });
});
