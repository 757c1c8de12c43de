import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { brokenOff, byId, disconnect, ok, openPage, problem, textOf, textsOf } from './support/page.js';

const PREDICTED = { track_id: 'a', extraction_id: 'x', status: 'predicted' };

let page;
let upload;
let predicted;
/** The uploads that the server has not answered, in order, as functions that do. */
let waiting;

beforeEach(async () => {
  waiting = [];
  predicted = [];
  page = openPage({ respond: () => new Promise((resolve) => {
    const respond = (response) => {
      waiting.splice(waiting.indexOf(respond), 1);
      resolve(response);
      return page.time.advance(0);
    };
    waiting.push(respond);
  }) });
  upload = await page.load('upload.js');
  upload.startUpload((extraction, file, first) => predicted.push([extraction.track_id, file.name, first]));
});

const file = (name, size = 2048) => ({ name, size, type: '' });

async function drop(...files) {
  page.fire(document, 'drop', { dataTransfer: { types: ['Files'], files } });
  await page.time.advance(0);
}

/** Names and states of the list, the newest first, without the buttons. */
const states = () => [...byId('uploads').children].map((entry) => {
  const state = entry.querySelector('.state').cloneNode(true);
  state.querySelectorAll('button').forEach((button) => button.remove());
  return [textsOf(entry, '.id')[0], textOf(state), entry.classList.contains('failed')];
});

const entryOf = (name) =>
  [...byId('uploads').children].find((entry) => textsOf(entry, '.id')[0] === name);

/** The button of an upload with this text, or undefined. */
const buttonOf = (name, text) =>
  [...entryOf(name).querySelectorAll('button')].find((button) => textOf(button) === text);

const respondAll = async (response) => {
  while (waiting.length > 0) await waiting[0](response());
};

describe('dropped files', () => {
  it('are uploaded two at a time, in order', async () => {
    await drop(file('a.wav'), file('b.wav'), file('c.wav'), file('d.wav'));
    assert.deepEqual(states(), [
      ['d.wav', 'Queued.', false], ['c.wav', 'Queued.', false],
      ['b.wav', 'Sending.', false], ['a.wav', 'Sending.', false],
    ]);
    assert.equal(page.requests.length, 2);
    await waiting[1](ok(PREDICTED));
    assert.deepEqual(states(), [
      ['d.wav', 'Queued.', false], ['c.wav', 'Sending.', false],
      ['b.wav', 'Predicted: a', false], ['a.wav', 'Sending.', false],
    ]);
    await respondAll(() => ok(PREDICTED));
    assert.deepEqual(page.requests.map(({ body }) => body.name), ['a.wav', 'b.wav', 'c.wav', 'd.wav']);
  });

  it('are queued behind earlier ones', async () => {
    await drop(file('a.wav'), file('b.wav'));
    await drop(file('c.wav'));
    assert.equal(page.requests.length, 2);
    await respondAll(() => ok(PREDICTED));
    assert.equal(page.requests.length, 3);
  });

  it('may be in folders, of which the audio is taken in the order of its names', async () => {
    const entry = (name, type = '') => ({ name, file: (resolve) => resolve({ ...file(name), type }) });
    const broken = { name: '3.flac', file: (_, reject) => reject(new Error('gone')) };
    const folder = (name, ...batches) => ({ name, isDirectory: true, createReader: () => ({
      readEntries: (resolve) => resolve(batches.shift() ?? []),
    }) });
    const cd = folder('CD 2', [entry('1.wv')]);
    const album = folder('Album', [entry('10.flac'), entry('cover.jpg', 'image/jpeg')], [entry('2.flac'), broken, cd]);
    const items = [album, entry('notes.txt')].map((dropped) => ({ webkitGetAsEntry: () => dropped }));
    page.respond = () => ok(PREDICTED);
    page.fire(document, 'drop', { dataTransfer: { types: ['Files'], files: [], items } });
    await page.time.advance(0);
    // A file that is dropped itself is not left out: the server says why it has no result.
    assert.deepEqual(page.requests.map(({ body }) => body.name), ['2.flac', '10.flac', '1.wv', 'notes.txt']);
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

describe('the progress of an upload', () => {
  const bar = () => entryOf('a.wav').querySelector('progress');

  it('is the bytes sent, with a label', async () => {
    await drop(file('a.wav', 4000));
    assert.deepEqual([bar().max, bar().value, bar().getAttribute('aria-label')], [4000, 0, 'Sent of a.wav']);
    page.requests[0].sent(1000);
    assert.equal(bar().value, 1000);
  });

  it('is followed by the extraction', async () => {
    await drop(file('a.wav', 4000));
    page.requests[0].sent(4000);
    assert.deepEqual(states(), [['a.wav', 'Extracting.', false]]);
    assert.equal(bar(), null);
    assert.equal(buttonOf('a.wav', 'Cancel'), undefined);
  });
});

describe('the button to cancel', () => {
  it('stops an upload, and the next begins', async () => {
    await drop(file('a.wav'), file('b.wav'), file('c.wav'));
    buttonOf('a.wav', 'Cancel').focus();
    buttonOf('a.wav', 'Cancel').click();
    await page.time.advance(0);
    assert.equal(page.requests[0].aborted, true);
    assert.deepEqual(states().map(([, state]) => state), ['Sending.', 'Sending.', 'Cancelled.']);
    assert.equal(document.activeElement, buttonOf('a.wav', 'Try again'));
    assert.equal(entryOf('a.wav').classList.contains('done'), true);
    assert.equal(entryOf('a.wav').classList.contains('failed'), false);
  });

  it('takes an upload out of the queue', async () => {
    await drop(file('a.wav'), file('b.wav'), file('c.wav'));
    buttonOf('c.wav', 'Cancel').click();
    await respondAll(() => ok(PREDICTED));
    assert.deepEqual(states()[0], ['c.wav', 'Cancelled.', false]);
    assert.equal(page.requests.length, 2);
  });

  it('ends the wait for a retry at once, and the next begins', async () => {
    await drop(file('a.wav'), file('b.wav'), file('c.wav'));
    await waiting[0](problem(503, { detail: 'Busy.' }, { 'Retry-After': '10' }));
    assert.deepEqual(states()[2], ['a.wav', 'Busy. Retrying in 10 s.', false]);
    buttonOf('a.wav', 'Cancel').click();
    await page.time.advance(0);
    assert.deepEqual(states().map(([, state]) => state), ['Sending.', 'Sending.', 'Cancelled.']);
    await page.time.advance(60);
    assert.deepEqual(page.requests.map(({ body }) => body.name), ['a.wav', 'b.wav', 'c.wav']);
  });

  it('has the name of the file', async () => {
    await drop(file('a.wav'));
    assert.equal(buttonOf('a.wav', 'Cancel').getAttribute('aria-label'), 'Cancel a.wav');
  });

  it('is followed by one that sends the file again', async () => {
    await drop(file('a.wav'));
    buttonOf('a.wav', 'Cancel').click();
    await page.time.advance(0);
    buttonOf('a.wav', 'Try again').click();
    await page.time.advance(0);
    await waiting[1](ok(PREDICTED));
    assert.deepEqual(states(), [['a.wav', 'Predicted: a', false]]);
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
    await drop(file('a.wav'), file('b.wav'), file('c.wav'), file('d.wav'));
    await waiting[0](problem(500));
    await waiting[0](brokenOff());
    assert.equal(waiting.length, 2);
    await respondAll(() => ok(PREDICTED));
    assert.deepEqual(states().map(([, , failed]) => failed), [false, false, true, true]);
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
    assert.deepEqual(states(), [['a.wav', 'Failed. Internal error.', true]]);
    await drop(file('b.wav'), file('c.wav'));
    buttonOf('a.wav', 'Try again').click();
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
