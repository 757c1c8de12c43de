import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { brokenOff, disconnect, ok, openPage, problem } from './support/page.js';

const FILE = { name: 'a.flac', size: 3, type: 'audio/flac' };
const NEVER = new AbortController().signal;
const PREDICTED = { track_id: 'a', status: 'predicted' };
const PENDING = { track_id: 'a', status: 'pending' };

let page;
let progress;
let sentBytes;
beforeEach(() => {
  page = openPage();
  progress = [];
  sentBytes = [];
});

/** Sends a file, with the given responses one after the other; the last of them repeats. */
async function send(responses, { file = FILE, trackId = null, seconds = 3600, signal = NEVER } = {}) {
  const { send: sendFile } = await page.load('sending.js');
  let next = 0;
  page.respond = () => responses[Math.min(next++, responses.length - 1)]();
  const transfer = { onSent: (bytes) => sentBytes.push(bytes), signal };
  const outcome = sendFile(file, trackId, (text) => progress.push(text), transfer).catch((error) => error);
  await page.time.advance(seconds);
  return outcome;
}

const accepted = (headers = {}) => () =>
  ok(PENDING, { status: 202, headers: { Location: '/v1/tracks/a/extractions/x', ...headers } });

describe('an upload', () => {
  it('is one POST that waits for the result', async () => {
    assert.deepEqual(await send([() => ok(PREDICTED)]), PREDICTED);
    const [{ method, path, headers, body }] = page.requests;
    assert.deepEqual([method, path, body], ['POST', '/v1/audio', FILE]);
    assert.equal(headers.get('Prefer'), 'wait=30');
    assert.equal(headers.get('Content-Type'), 'audio/flac');
    assert.equal(page.requests.length, 1);
    assert.deepEqual(progress, ['Sending.', 'Extracting.']);
    assert.deepEqual(sentBytes, [0, FILE.size]);
  });

  it('has the track id, escaped', async () => {
    await send([() => ok(PREDICTED)], { trackId: 'a & b' });
    assert.equal(page.requests[0].path, '/v1/audio?track_id=a%20%26%20b');
  });

  it('has the media type of the file only if it is a plain type of audio or video', async () => {
    const types = {
      'audio/mpeg': 'audio/mpeg', 'audio/vnd.wave': 'audio/vnd.wave', 'audio/x-m4a': 'audio/x-m4a',
      'video/mp4': 'video/mp4', 'application/ogg': 'application/ogg',
      '': 'application/octet-stream', 'application/zip': 'application/octet-stream',
      'audio/ogg; codecs=opus': 'application/octet-stream',
    };
    for (const [type, sent] of Object.entries(types)) {
      await send([() => ok(PREDICTED)], { file: { ...FILE, type } });
      assert.equal(page.requests.at(-1).headers.get('Content-Type'), sent, type);
    }
  });
});

describe('a server that is overloaded', () => {
  const overloaded = (headers) => () => problem(503, { detail: 'Too many uploads.' }, headers);
  /** The seconds before each retry. */
  const waits = () => progress.map((text) => Number(/Retrying in (\d+) s\./.exec(text)?.[1])).filter(Boolean);

  it('is retried after Retry-After', async () => {
    const times = [];
    const respond = [overloaded({ 'Retry-After': '5' }), () => ok(PREDICTED)].map((response) => () => {
      times.push(page.time.seconds);
      return response();
    });
    assert.deepEqual(await send(respond), PREDICTED);
    assert.deepEqual(times, [0, 5]);
    assert.deepEqual(progress.slice(2), ['Too many uploads. Retrying in 5 s.', 'Sending.', 'Extracting.']);
  });

  it('is retried five times with backoff', async () => {
    const error = await send([overloaded()]);
    assert.equal(error.status, 503);
    assert.equal(page.requests.length, 6);
    assert.deepEqual(waits(), [1, 2, 4, 8, 16]);
  });

  it('is retried no sooner than it asks for', async () => {
    await send([overloaded({ 'Retry-After': '10' })]);
    assert.equal(page.requests.length, 6);
    assert.deepEqual(waits(), [10, 10, 10, 10, 16]);
  });

  it('is the only one that is retried', async () => {
    for (const response of [() => problem(500), () => problem(413), () => problem(401), disconnect]) {
      const before = page.requests.length;
      await send([response]);
      assert.equal(page.requests.length, before + 1);
    }
  });
});

describe('a cancelled upload', () => {
  it('ends with an AbortError', async () => {
    const abort = new AbortController();
    const silent = () => {
      abort.abort();
      return new Promise(() => {});
    };
    assert.equal((await send([silent], { signal: abort.signal })).name, 'AbortError');
    assert.equal(page.requests[0].aborted, true);
  });

  it('is not sent again while the server is overloaded', async () => {
    const abort = new AbortController();
    const busy = () => {
      abort.abort();
      return problem(503);
    };
    assert.equal((await send([busy], { signal: abort.signal })).name, 'AbortError');
    assert.equal(page.requests.length, 1);
  });
});

describe('a result that takes longer', () => {
  it('is polled at its location, after Retry-After', async () => {
    const result = await send([accepted({ 'Retry-After': '3' }), () => ok(PENDING), () => ok(PREDICTED)]);
    assert.deepEqual(result, PREDICTED);
    assert.deepEqual(page.paths(), ['/v1/audio', '/v1/tracks/a/extractions/x', '/v1/tracks/a/extractions/x']);
    assert.equal(progress.at(-1), 'Accepted. Waiting for the result.');
  });

  it('is polled while the server is unavailable', async () => {
    const result = await send([accepted(), disconnect, () => problem(503), () => brokenOff(), () => ok(PREDICTED)]);
    assert.deepEqual(result, PREDICTED);
  });

  it('is not polled after a different error', async () => {
    const error = await send([accepted(), () => problem(404)]);
    assert.equal(error.status, 404);
    assert.equal(page.requests.length, 2);
  });

  it('is pending after ten minutes', async () => {
    const headers = { 'Retry-After': '10' };
    const result = await send([accepted(headers), () => ok(PENDING, { headers })]);
    assert.deepEqual(result, PENDING);
    assert.equal(page.requests.length, 1 + 60);
  });

  it('is an error if the server gives no location', async () => {
    const error = await send([() => ok(PENDING, { status: 202 })]);
    assert.equal(error.status, 502);
    assert.match(error.message, /gave no URL/);
  });
});

describe('a response that ends amid its body', () => {
  it('is a problem like a failed connection', async () => {
    const { Problem } = await page.load('api.js');
    const error = await send([() => brokenOff()]);
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.status, 0);
  });
});
