import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { byId, disconnect, ok, openPage, problem, textOf, textsOf } from './support/page.js';

const PREDICTION = {
  extraction_id: 'x1', duration_seconds: 65, model: { name: 'small', version: '1' }, features: { energy: 0.5 },
};
const TRUTH = { audio_features: { energy: 0.4 }, metadata: { artist_name: 'Artist', release: 'Release' } };

let page;
let tracks;
beforeEach(async () => {
  page = openPage();
  tracks = await page.load('track.js');
});

/** Responds with the tracks, one after the other; the last of them repeats. Searches for neighbours find none. */
function respondWith(...responses) {
  page.respond = ({ path }) => {
    if (path.includes('/similar')) return ok({});
    const response = responses.length > 1 ? responses.shift() : responses[0];
    return typeof response === 'function' ? response() : ok(response);
  };
}

const sections = () => textsOf(byId('track'), 'h3');
const trackRequests = () => page.paths().filter((path) => !path.includes('/similar'));

async function show(id, extraction, source) {
  tracks.showTrack(id, extraction, source);
  await page.time.advance(10);
}

describe('a track', () => {
  it('with a prediction has all sections', async () => {
    respondWith({ track_id: 'a', prediction: PREDICTION, truth: TRUTH });
    await show('a');
    assert.deepEqual(sections(),
      ['Features', 'Over time', 'Genre', 'Nearest tracks', 'Comparison of groups and metrics', 'Provenance']);
    assert.equal(textOf(byId('track-heading')), 'a');
    assert.equal(textOf(byId('track').querySelector('.track-title p')), 'Artist · Release · 1:05 of audio');
    assert.equal(document.title, 'a – Reprise');
    assert.deepEqual(tracks.shownTrack(), { id: 'a', extraction: 'x1' });
  });

  it('with known values only has these, and says so', async () => {
    respondWith({ track_id: 'a', truth: { audio_features: { energy: 0.4 } } });
    await show('a');
    assert.deepEqual(sections(), ['Features', 'Nearest tracks', 'Comparison of groups and metrics']);
    assert.match(textOf(byId('track')), /No prediction for this track, only known values\./);
  });

  it('that has failed has the reason as well as its earlier prediction', async () => {
    const failure = { reason: 'silent', stage: 'decode', message: 'No sound.' };
    respondWith({ track_id: 'a', prediction: PREDICTION, failure });
    await show('a');
    assert.match(textOf(byId('track')), /The latest audio failed: silent at stage decode: No sound\./);
    assert.equal(sections().length, 6);
    respondWith({ track_id: 'b', failure });
    await show('b');
    assert.deepEqual(sections(), []);
    assert.match(textOf(byId('track')), /silent at stage decode: No sound\.No prediction for this track\./);
  });

  it('that was uploaded names the file', async () => {
    respondWith({ track_id: 'a', prediction: PREDICTION });
    await show('a', null, 'song.mp3');
    assert.equal(textOf(byId('track').querySelector('.track-title p')), 'from song.mp3 · 1:05 of audio');
  });

  it('is requested by its escaped id', async () => {
    respondWith({ track_id: 'a/b' });
    await show('a/b');
    assert.deepEqual(trackRequests(), ['/v1/tracks/a%2Fb']);
  });
});

describe('a new extraction', () => {
  it('is awaited, as events may precede the API', async () => {
    respondWith(() => problem(404), { track_id: 'a', prediction: { ...PREDICTION, extraction_id: 'x0' } },
      { track_id: 'a', prediction: PREDICTION });
    await show('a', 'x1');
    assert.deepEqual(tracks.shownTrack(), { id: 'a', extraction: 'x1' });
    assert.equal(trackRequests().length, 3);
  });

  it('is awaited eight times, and then what there is is shown', async () => {
    respondWith({ track_id: 'a', prediction: { ...PREDICTION, extraction_id: 'x0' } });
    await show('a', 'x1');
    assert.equal(trackRequests().length, 8);
    assert.deepEqual(tracks.shownTrack(), { id: 'a', extraction: 'x0' });
  });
});

describe('an error', () => {
  it('is shown with advice if the track is unknown', async () => {
    respondWith(() => problem(404, { detail: 'No such track.' }));
    await show('a');
    assert.equal(trackRequests().length, 1);
    assert.equal(textOf(byId('track').querySelector('.failure')),
      'No such track. Drop its audio file above, or run: ./reprise submit FILE');
  });

  it('is shown without advice otherwise', async () => {
    respondWith(disconnect);
    await show('a', 'x1');
    assert.equal(textOf(byId('track')), 'aCannot reach the server.');
    assert.equal(byId('track').hasAttribute('aria-busy'), false);
  });
});

describe('the view', () => {
  it('is busy until the response', async () => {
    let respond;
    page.respond = () => new Promise((resolve) => (respond = resolve));
    await show('a');
    assert.equal(byId('track').getAttribute('aria-busy'), 'true');
    assert.equal(textOf(byId('track')), 'aLoading…');
    respond(ok({ track_id: 'a' }));
    await page.time.advance(0);
    assert.equal(byId('track').hasAttribute('aria-busy'), false);
  });

  it('shows the latest selection, even if an earlier response arrives after it', async () => {
    const responses = [];
    page.respond = () => new Promise((resolve) => responses.push(resolve));
    await show('a');
    await show('b');
    responses[1](ok({ track_id: 'b' }));
    await page.time.advance(0);
    responses[0](ok({ track_id: 'a' }));
    await page.time.advance(0);
    assert.equal(textOf(byId('track-heading')), 'b');
  });

  it('keeps the earlier view of the same track until the response', async () => {
    respondWith({ track_id: 'a', prediction: PREDICTION });
    await show('a');
    page.respond = () => new Promise(() => {});
    await show('a', 'x2');
    assert.equal(sections().length, 6);
  });

  it('keeps the focus within it', async () => {
    respondWith({ track_id: 'a', prediction: PREDICTION });
    await show('a');
    byId('track').querySelector('select').focus();
    await show('a');
    assert.equal(document.activeElement, byId('track-heading'));
    byId('search').focus();
    await show('a');
    assert.equal(document.activeElement, byId('search'));
  });
});

describe('the welcome view', () => {
  it('lists known tracks', async () => {
    page.respond = () => ok({ total: 1234, tracks: [{ track_id: 'a', predicted: true }, { track_id: 'b' }] });
    await show(null);
    assert.deepEqual(page.paths(), ['/v1/tracks?limit=24']);
    assert.match(textOf(byId('track')), /pick one of 1,234 known tracks\./);
    assert.deepEqual(textsOf(byId('track'), 'li'), ['a', 'b known values only']);
    assert.equal(document.title, 'Reprise');
    assert.deepEqual(tracks.shownTrack(), { id: null, extraction: null });
  });

  it('says how to begin if there are none', async () => {
    page.respond = () => ok({ total: 0, tracks: [] });
    await show(null);
    assert.match(textOf(byId('track')), /No tracks yet\. Drop an audio file above, or submit some:/);
    assert.notEqual(byId('track').querySelector('.none'), null);
  });

  it('has only its heading if the server fails', async () => {
    page.respond = disconnect;
    await show(null);
    assert.equal(textOf(byId('track')), 'What does it sound like?');
  });
});
