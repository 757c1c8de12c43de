import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { byId, ok, openPage, textOf, textsOf } from './support/page.js';

let page;
let deadLetters;
beforeEach(async () => {
  page = openPage();
  deadLetters = await page.load('dead-letters.js');
});

/** The dead letter of an offset, one second later than that of the offset before. */
const letter = (offset, changes = {}) => ({
  source: `audio-files-0-${offset}`, stage: 'decode', reason: 'no-audio', message: 'No audio was found.',
  track_id: `track ${offset}`, time: new Date(Date.UTC(2024, 4, 6) + offset * 1000).toISOString(), ...changes,
});

function load(...listed) {
  page.respond = () => ok({ dead_letters: listed });
  return deadLetters.loadDeadLetters();
}

const sources = () => textsOf(byId('dead-letters-list'), 'code').map((source) => source.replace('audio-files-0-', ''));

describe('the list of dead letters', () => {
  it('says that it is empty', async () => {
    await load();
    assert.equal(byId('dead-letters-empty').hidden, false);
    assert.equal(byId('dead-letters-shown').hidden, true);
    assert.equal(textOf(byId('dead-letters-count')), '');
  });

  it('has reason, message, track, stage and coordinates', async () => {
    await load(letter(1));
    assert.match(textOf(byId('dead-letters-list')),
      /^no-audio No audio was found\.track 1 · decode · 2024-05-0\d [\d:]+ · audio-files-0-1$/);
    assert.equal(byId('dead-letters-list').querySelector('a').getAttribute('href'), '#/track/track%201');
    assert.equal(textOf(byId('dead-letters-count')), '1');
  });

  it('has a dead letter without a track id', async () => {
    await load(letter(1, { track_id: undefined }));
    assert.match(textOf(byId('dead-letters-list')), /no track id · decode/);
  });

  it('has the latest first, as they arrive', async () => {
    await load(letter(2), letter(1));
    deadLetters.addDeadLetter(letter(4));
    deadLetters.addDeadLetter(letter(3));
    assert.deepEqual(sources(), ['4', '3', '2', '1']);
  });

  it('sorts times with and without a fraction of the same second', async () => {
    await load(letter(1, { time: '2024-05-06T00:00:01Z' }));
    deadLetters.addDeadLetter(letter(2, { time: '2024-05-06T00:00:01.500Z' }));
    assert.deepEqual(sources(), ['2', '1']);
  });

  it('has each once, although an event may repeat it', async () => {
    await load(letter(1));
    deadLetters.addDeadLetter(letter(1));
    deadLetters.addDeadLetter(letter(1, { stage: 'score' }));
    assert.deepEqual(sources(), ['1', '1']);
  });

  it('has at most a hundred', async () => {
    await load(...Array.from({ length: 100 }, (_, i) => letter(100 - i)));
    assert.equal(textOf(byId('dead-letters-count')), 'the latest 100');
    deadLetters.addDeadLetter(letter(101));
    assert.equal(sources().length, 100);
    assert.deepEqual([sources()[0], sources().at(-1)], ['101', '2']);
  });
});

describe('a reload', () => {
  it('keeps what has arrived since the server made its list', async () => {
    await load(letter(1));
    deadLetters.addDeadLetter(letter(2));
    deadLetters.addDeadLetter(letter(3));
    await load(letter(2), letter(1));
    assert.deepEqual(sources(), ['3', '2', '1']);
  });

  it('drops what the server no longer lists', async () => {
    await load(letter(2), letter(1));
    await load(letter(3));
    assert.deepEqual(sources(), ['3']);
  });

  it('redraws only changes, so that a selection is kept', async () => {
    await load(letter(2), letter(1));
    const drawn = byId('dead-letters-list').firstElementChild;
    await load(letter(2), letter(1));
    assert.equal(byId('dead-letters-list').firstElementChild, drawn);
  });
});

describe('the reasons', () => {
  it('are counted, the most frequent first', async () => {
    await load(letter(3), letter(2, { reason: 'too-large' }), letter(1));
    assert.deepEqual(textsOf(byId('dead-letters-reasons'), 'th, td.number'), ['no-audio', '2', 'too-large', '1']);
    const widths = [...document.querySelectorAll('#dead-letters-reasons rect.bar')].map((bar) =>
      Math.round(Number.parseFloat(bar.getAttribute('width'))));
    assert.deepEqual(widths, [67, 33]);
  });
});
