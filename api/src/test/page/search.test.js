import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { byId, disconnect, ok, openPage, textOf, textsOf } from './support/page.js';

let page;
beforeEach(async () => {
  page = openPage({ respond: () => ok({ tracks: [
    { track_id: 'a1', predicted: true, truth: true }, { track_id: 'a/2', predicted: true }, { track_id: 'a3' },
  ] }) });
  (await page.load('search.js')).startSearch();
  byId('search').focus();
  await page.time.advance(1);
  page.requests.length = 0;
});

async function type(text) {
  byId('search').value = text;
  page.fire(byId('search'), 'input');
  await page.time.advance(1);
}

const press = (key) => page.fire(byId('search'), 'keydown', { key });
const options = () => textsOf(byId('search-list'), 'li');
const activeOption = () => {
  const id = byId('search').getAttribute('aria-activedescendant');
  const selected = textsOf(byId('search-list'), '[aria-selected=true] .id');
  assert.deepEqual(selected, id === null ? [] : [textOf(byId(id).querySelector('.id'))]);
  return selected[0];
};

describe('the search', () => {
  it('is by the start of the id, escaped', async () => {
    await type('a & b');
    assert.deepEqual(page.paths(), ['/v1/tracks?prefix=a+%26+b&limit=20']);
  });

  it('waits until the user stops typing', async () => {
    for (const text of ['a', 'ab', 'abc']) {
      byId('search').value = text;
      page.fire(byId('search'), 'input');
      await page.time.advance(0.1);
    }
    await page.time.advance(1);
    assert.deepEqual(page.paths(), ['/v1/tracks?prefix=abc&limit=20']);
  });

  it('lists the tracks and what is known of them', async () => {
    await type('a');
    assert.deepEqual(options(), ['a1with Echo Nest values', 'a/2', 'a3not predicted']);
    assert.equal(byId('search-list').hidden, false);
    assert.equal(byId('search').getAttribute('aria-expanded'), 'true');
    assert.equal(activeOption(), undefined);
  });

  it('tells screen readers the count', async () => {
    const count = async (text, ids) => {
      page.respond = () => ok({ tracks: Array.from({ length: ids }, (_, i) => ({ track_id: `a${i}` })) });
      await type(text);
      return textOf(byId('search-count'));
    };
    assert.equal(await count('a', 20), 'The first 20 tracks.');
    assert.equal(await count('a', 19), '19 tracks.');
    assert.equal(await count('a', 1), '1 track.');
    assert.equal(await count('a', 0), 'No track id starts with this.');
    assert.equal(await count('', 0), 'No tracks yet. Drop an audio file.');
    page.respond = disconnect;
    await type('a');
    assert.equal(textOf(byId('search-count')), 'The search failed.');
    assert.equal(byId('search-list').hidden, true);
  });

  it('shows the latest response, even if an earlier one arrives after it', async () => {
    const responses = [];
    page.respond = () => new Promise((resolve) => responses.push(resolve));
    await type('a');
    await type('ab');
    responses[1](ok({ tracks: [{ track_id: 'ab' }] }));
    await page.time.advance(0);
    responses[0](ok({ tracks: [{ track_id: 'a' }] }));
    await page.time.advance(0);
    assert.deepEqual(textsOf(byId('search-list'), '.id'), ['ab']);
  });

  it('does not open its list once the user has left the field', async () => {
    byId('search').value = 'a';
    page.fire(byId('search'), 'input');
    byId('search').blur();
    await page.time.advance(1);
    assert.equal(byId('search-list').hidden, true);
  });
});

describe('the keys', () => {
  beforeEach(() => type('a'));

  it('select the next and the previous, and begin again at the end', () => {
    const selected = ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowUp'].map((key) => {
      assert.equal(press(key).defaultPrevented, true);
      return activeOption();
    });
    assert.deepEqual(selected, ['a1', 'a/2', 'a3', 'a1', 'a3', 'a/2']);
  });

  it('select the last first, upwards', () => {
    press('ArrowUp');
    assert.equal(activeOption(), 'a3');
  });

  it('open the selected track', () => {
    press('ArrowDown');
    press('ArrowDown');
    press('Enter');
    assert.equal(location.hash, '#/track/a%2F2');
    assert.equal(byId('search').value, '');
    assert.equal(byId('search-list').hidden, true);
    assert.equal(activeOption(), undefined);
  });

  it('open what is typed if none is selected', () => {
    byId('search').value = 'other';
    press('Enter');
    assert.equal(location.hash, '#/track/other');
  });

  it('open nothing if nothing is typed', () => {
    byId('search').value = '';
    press('Enter');
    assert.equal(location.hash, '');
  });

  it('close the list, and then clear the field', () => {
    press('Escape');
    assert.equal(byId('search-list').hidden, true);
    assert.equal(byId('search').value, 'a');
    press('Escape');
    assert.equal(byId('search').value, '');
  });

  it('leave the others to the browser', () => assert.equal(press('Home').defaultPrevented, false));
});

describe('the mouse', () => {
  it('opens a track, and a response that arrives after it does not open the list', async () => {
    await type('a');
    page.fire(byId('search'), 'input');
    page.fire(byId('search-list').children[0], 'mousedown');
    await page.time.advance(1);
    assert.equal(location.hash, '#/track/a1');
    assert.equal(byId('search-list').hidden, true);
  });
});
