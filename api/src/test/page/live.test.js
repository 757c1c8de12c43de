import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { byId, openPage, textOf, textsOf } from './support/page.js';

let page;
let live;
beforeEach(async () => {
  page = openPage();
  live = await page.load('live.js');
  live.startLive();
});

/** Live of GET /v1/status after some seconds. */
const status = (seconds, changes = {}) => ({
  uptime_seconds: seconds, clips: 2 * seconds, tracks: seconds, decoded_audio_seconds: 150 * seconds,
  latency_seconds: 1.5 * seconds, queue_seconds: 0.02 * seconds, audio_files_lag: 1200, mfcc_lag: 34,
  batch_sizes: [{ at_most: '1', batches: 4 }, { at_most: '2', batches: 0 }, { at_most: '4', batches: 1200 },
    { at_most: '+Inf', batches: 1 }],
  queue_seconds_max: 0.25, compute_seconds_max: 1.5, latency_seconds_max: 90, ...changes,
});

const tile = (name) => textOf(byId(`live-${name}`).querySelector('dd'));
const path = (name) => byId(`live-${name}`).querySelector('path').getAttribute('d');

describe('the tiles', () => {
  it('have a dash until there are two statuses', () => {
    assert.equal(tile('clips'), '– per second');
    live.showLive({ live: status(10) });
    assert.equal(tile('clips'), '– per second');
    assert.equal(textOf(byId('live-clips').querySelector('.max')), 'no data in 5 min');
  });

  it('have the rates between two statuses, with three digits', () => {
    live.showLive({ live: status(10) });
    live.showLive({ live: status(12) });
    assert.deepEqual(['clips', 'tracks', 'audio', 'latency', 'queue', 'lag'].map(tile), [
      '2.00 per second', '1.00 per second', '150 s per second', '1.50 s per track', '10 ms per clip', '1,234 records',
    ]);
    assert.equal(textOf(byId('live-lag').querySelector('.max')), 'audio files 1,200, clips 34');
  });

  it('have the maximum of five minutes', () => {
    live.showLive({ live: status(10, { clips: 0 }) });
    live.showLive({ live: status(20, { clips: 500 }) });
    for (let seconds = 30; seconds < 30 + 148 * 10; seconds += 10) {
      live.showLive({ live: status(seconds, { clips: 500 }) });
    }
    const max = () => textOf(byId('live-clips').querySelector('.max'));
    assert.equal(max(), 'max. 50.0 in 5 min');
    for (let seconds = 2000; seconds <= 2010; seconds += 10) {
      live.showLive({ live: status(seconds, { clips: 500 }) });
    }
    assert.equal(max(), 'max. 0.00 in 5 min');
  });

  it('draw the present at the right, and gaps where values are missing', () => {
    live.showLive({ live: status(10) });
    live.showLive({ live: status(20) });
    live.showLive({ live: status(30, { clips: 50 }) });
    live.showLive({ live: status(1) });
    live.showLive({ live: status(11) });
    assert.equal(path('clips'), 'M98.0 1.0L98.7 12.0M100.0 1.0h0.1');
  });
});

describe('services in other processes', () => {
  const prediction = { event_time: '2024-05-06T12:00:08Z', clip_count: 4, duration_seconds: 120 };

  it('are measured by the events', async () => {
    await page.time.advance(10);
    live.countPrediction(prediction);
    live.showLive({});
    assert.deepEqual(['clips', 'tracks', 'audio', 'latency'].map(tile),
      ['0.40 per second', '0.10 per second', '12.0 s per second', '2.00 s per track']);
  });

  it('have no queue, lag and batches, which the page says', () => {
    live.showLive({ live: status(10) });
    assert.equal(byId('live-elsewhere').hidden, true);
    live.showLive({});
    assert.equal(byId('live-elsewhere').hidden, false);
    assert.deepEqual(['clips', 'queue', 'lag'].map((name) => byId(`live-${name}`).hidden), [false, true, true]);
    assert.equal(textOf(byId('live-batches')), '');
  });
});

describe('the batches', () => {
  it('are labelled by the sizes from the one before', () => {
    live.showLive({ live: status(10) });
    assert.deepEqual(textsOf(byId('live-batches'), 'th'), ['1', '2', '3–4', '5+']);
    assert.deepEqual(textsOf(byId('live-batches'), 'td'), ['4', '0', '1,200', '1']);
    assert.equal(textOf(byId('live-batches').querySelector('h3')), 'Batches by size 1,205 since start-up');
    assert.equal(textOf(byId('live-batches').querySelector('p')),
      'Recent maxima: queue wait 250 ms, batch 1.50 s, track latency 1:30 min.');
  });

  it('are redrawn only if they have changed', () => {
    live.showLive({ live: status(10) });
    const drawn = byId('live-batches').firstElementChild;
    live.showLive({ live: status(12) });
    assert.equal(byId('live-batches').firstElementChild, drawn);
    live.showLive({ live: status(14, { compute_seconds_max: 2 }) });
    assert.notEqual(byId('live-batches').firstElementChild, drawn);
  });
});
