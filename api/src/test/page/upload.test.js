import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { brokenOff, byId, disconnect, ok, openPage, problem, textOf, textsOf } from './support/page.js';

const PREDICTED = { track_id: 'a', extraction_id: 'x', status: 'predicted' };

let page;
let upload;
let predicted;
/** The uploads that the server has not answered, as functions that do. */
let waiting;

beforeEach(async () => {
  waiting = [];
  predicted = [];
  page = openPage({ respond: () => new Promise((resolve) => waiting.push((response) => {
    waiting.shift();
    resolve(response);
    return page.time.advance(0);
  })) });
  upload = await page.load('upload.js');
  upload.startUpload((extraction, file, first) => predicted.push([extraction.track_id, file.name, first]));
});

const file = (name, size = 2048) => ({ name, size, type: '' });

async function drop(...files) {
  page.fire(document, 'drop', { dataTransfer: { types: ['Files'], files } });
  await page.time.advance(0);
}

/** Names and states of the list, the newest first. */
const states = () => [...byId('uploads').children].map((entry) =>
  [textsOf(entry, '.id')[0], textOf(entry.querySelector('.state')), entry.classList.contains('failed')]);

const respondAll = async (response) => {
  while (waiting.length > 0) await waiting[0](response());
};

describe('dropped files', () => {
  it('are uploaded one after the other, in order', async () => {
    await drop(file('a.wav'), file('b.wav'));
    assert.deepEqual(states(), [
      ['b.wav', 'Queued.', false], ['a.wav', 'Uploading and analysing.', false],
    ]);
    assert.equal(page.requests.length, 1);
    await waiting[0](ok(PREDICTED));
    assert.deepEqual(states(), [
      ['b.wav', 'Uploading and analysing.', false], ['a.wav', 'Predicted: a', false],
    ]);
    assert.deepEqual(page.requests.map(({ body }) => body.name), ['a.wav', 'b.wav']);
  });

  it('are queued behind earlier ones', async () => {
    await drop(file('a.wav'));
    await drop(file('b.wav'));
    assert.equal(page.requests.length, 1);
    await respondAll(() => ok(PREDICTED));
    assert.equal(page.requests.length, 2);
  });

  it('open the first that is predicted of those selected together', async () => {
    await drop(file('a.wav'), file('b.wav'), file('c.wav'));
    await waiting[0](problem(415));
    await respondAll(() => ok(PREDICTED));
    await drop(file('d.wav'));
    await respondAll(() => ok(PREDICTED));
    assert.deepEqual(predicted, [['a', 'b.wav', true], ['a', 'c.wav', false], ['a', 'd.wav', true]]);
  });

  it('are kept from the browser, but dropped text is not', () => {
    const dropped = (types) => page.fire(document, 'drop', { dataTransfer: { types, files: [] } }).defaultPrevented;
    assert.equal(dropped(['Files']), true);
    assert.equal(dropped(['text/plain']), false);
  });

  it('have their name and size in the list', async () => {
    await drop(file('<b>.wav', 3 * 1024 ** 2));
    assert.deepEqual(textsOf(byId('uploads'), '.id, .unit'), ['<b>.wav', '3.0 MiB']);
  });
});

describe('the track id', () => {
  /** Returns the path of the upload of a file. */
  async function pathOf(name, byName) {
    byId('by-name').checked = byName;
    await drop(file(name));
    const { path } = page.requests.at(-1);
    await respondAll(() => ok(PREDICTED));
    return path;
  }

  it('is chosen by the server', async () => assert.equal(await pathOf('a.wav', false), '/v1/audio'));

  it('is the file name without its last extension, if the user wants it', async () => {
    assert.equal(await pathOf('a.b.wav', true), '/v1/audio?track_id=a.b');
    assert.equal(await pathOf('a', true), '/v1/audio?track_id=a');
    assert.equal(await pathOf('.wav', true), '/v1/audio?track_id=.wav');
  });
});

describe('an upload that fails', () => {
  it('has the reason and message', async () => {
    await drop(file('a.wav'));
    await waiting[0](problem(415, { detail: 'No audio was found.', reason: 'no-audio' }));
    assert.deepEqual(states(), [['a.wav', 'Failed. no-audio: No audio was found.', true]]);
    assert.deepEqual(predicted, []);
  });

  it('has those of the extraction', async () => {
    await drop(file('a.wav'));
    const failure = { reason: 'too-short', message: 'The audio has 0 s.' };
    await waiting[0](ok({ ...PREDICTED, status: 'failed', failure }));
    assert.deepEqual(states(), [['a.wav', 'Failed. too-short: The audio has 0 s.', true]]);
  });

  it('does not stop the queue', async () => {
    await drop(file('a.wav'), file('b.wav'), file('c.wav'));
    await waiting[0](problem(500));
    await waiting[0](brokenOff());
    assert.equal(waiting.length, 1);
    await waiting[0](ok(PREDICTED));
    assert.deepEqual(states().map(([, , failed]) => failed), [false, true, true]);
  });

  it('is not sent if the file is larger than the server accepts', async () => {
    upload.limitUploads(1024);
    assert.equal(textOf(byId('upload-limit')), 'up to 1 KiB each');
    await drop(file('a.wav', 2048), file('b.wav', 1025), file('c.wav', 1024));
    assert.equal(states()[2][1], 'Failed. too-large: The file has 2 KiB; the server accepts at most 1 KiB.');
    assert.deepEqual(page.requests.map(({ body }) => body.name), ['c.wav']);
  });

  it('can be retried only if that may help', async () => {
    const responses = {
      0: disconnect, 401: () => problem(401), 500: () => problem(500), 503: () => problem(503),
      400: () => problem(400), 413: () => problem(413), 415: () => problem(415),
    };
    const retried = [];
    for (const [status, response] of Object.entries(responses)) {
      page.respond = response;
      await drop(file(`${status}.wav`));
      await page.time.advance(60);
      if (byId('uploads').firstElementChild.querySelector('button')) retried.push(Number(status));
    }
    assert.deepEqual(retried, [0, 401, 500, 503]);
  });

  it('is queued again by the button', async () => {
    await drop(file('a.wav'));
    await waiting[0](problem(500, { detail: 'Internal error.' }));
    await drop(file('b.wav'), file('c.wav'));
    byId('uploads').querySelector('button').click();
    assert.deepEqual(states()[2], ['a.wav', 'Queued.', false]);
    await respondAll(() => ok(PREDICTED));
    assert.deepEqual(page.requests.map(({ body }) => body.name), ['a.wav', 'b.wav', 'c.wav', 'a.wav']);
    assert.deepEqual(states()[2], ['a.wav', 'Predicted: a', false]);
  });
});

describe('an upload without a prediction', () => {
  it('may be superseded', async () => {
    await drop(file('a.wav'));
    await waiting[0](ok({ ...PREDICTED, status: 'superseded' }));
    assert.deepEqual(states(), [['a.wav', 'Superseded by a later event of this track: see a.', false]]);
    assert.deepEqual(predicted, []);
  });

  it('may be pending after ten minutes', async () => {
    page.respond = ({ method }) => ok({ ...PREDICTED, status: 'pending' },
      { status: method === 'POST' ? 202 : 200, headers: { Location: '/v1/x', 'Retry-After': '60' } });
    await drop(file('a.wav'));
    await page.time.advance(3600);
    assert.match(states()[0][1], /^Accepted, but there is no result after 10 minutes\. The file is not lost/);
    assert.deepEqual(predicted, []);
  });
});

describe('the list', () => {
  it('keeps the latest twelve that are finished, and all that are not', async () => {
    page.respond = () => ok(PREDICTED);
    for (let i = 0; i < 15; i++) await drop(file(`${i}.wav`));
    page.respond = () => new Promise(() => {});
    await drop(file('15.wav'), file('16.wav'));
    assert.deepEqual(states().map(([name]) => name),
      ['16.wav', '15.wav', ...[14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((i) => `${i}.wav`)]);
  });
});
