import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { brokenOff, ok, openPage, problem, textOf, textsOf } from './support/page.js';

const SIMILAR = {
  metric: 'standardised-euclidean', search: 'exact', features: ['energy', 'tempo'],
  values: { energy: 0.5, tempo: 120 }, coverage: { tracks: 1200, compared: 1000, complete: 900 },
  neighbours: [{ track_id: 'b', distance: 0.1234, shared: 2, values: { energy: 0.6, tempo: 90.04 } }],
};

let page;
let neighbourSection;
beforeEach(async () => {
  page = openPage({ respond: () => ok(SIMILAR) });
  ({ neighbourSection } = await page.load('neighbours.js'));
});

async function show(id = 'a', predicted = true) {
  const section = neighbourSection(id, predicted);
  document.body.replaceChildren(section);
  await page.time.advance(0);
  return section;
}

const selectOf = (section, label) => [...section.querySelectorAll('.choice')]
  .find((choice) => textOf(choice.querySelector('label')) === label)
  ?.querySelector('select');

async function select(section, label, value) {
  const control = selectOf(section, label);
  control.value = value;
  assert.equal(control.value, value, `${label} has no option ${value}`);
  page.fire(control, 'change');
  await page.time.advance(0);
}

/** The parameters of the last search. */
const parameters = () => Object.fromEntries(new URL(page.paths().at(-1), 'http://reprise.test').searchParams);

describe('the search', () => {
  it('is by the predicted features, standardised', async () => {
    await show('a/b');
    assert.equal(page.paths()[0].split('?')[0], '/v1/tracks/a%2Fb/similar');
    assert.deepEqual(parameters(),
      { group: 'predicted_features', metric: 'standardised-euclidean', k: '10', tempo: 'linear' });
  });

  it('is by the known features for a track without a prediction', async () => {
    await show('a', false);
    assert.equal(parameters().group, 'audio_features');
  });

  it('follows the controls', async () => {
    const section = await show();
    await select(section, 'Metric', 'cosine');
    await select(section, 'Tempo', 'circular');
    await select(section, 'Show', '50');
    assert.deepEqual(parameters(), { group: 'predicted_features', metric: 'cosine', k: '50', tempo: 'circular' });
  });

  it('has a scale of the tempo only for groups with one', async () => {
    const section = await show();
    await select(section, 'Group', 'embedding');
    assert.equal(selectOf(section, 'Tempo'), undefined);
    assert.deepEqual(parameters(), { group: 'embedding', metric: 'standardised-euclidean', k: '10' });
    await select(section, 'Group', 'audio_features');
    assert.equal(parameters().tempo, 'linear');
  });

  it('has only the great circle for the metadata, and the earlier metric after it', async () => {
    const section = await show();
    await select(section, 'Metric', 'cosine');
    await select(section, 'Group', 'metadata');
    assert.deepEqual(parameters(), { group: 'metadata', metric: 'great-circle', k: '10' });
    assert.deepEqual(textsOf(selectOf(section, 'Metric'), 'option'), ['Great circle']);
    await select(section, 'Group', 'ranks');
    assert.equal(parameters().metric, 'cosine');
  });

  it('keeps the choices for the next track, and the focus on the group', async () => {
    const section = await show('a');
    selectOf(section, 'Group').focus();
    await select(section, 'Group', 'ranks');
    assert.equal(document.activeElement, selectOf(section, 'Group'));
    const next = await show('b');
    assert.equal(selectOf(next, 'Group').value, 'ranks');
    assert.equal(parameters().group, 'ranks');
  });

  it('shows the latest response, even if an earlier one arrives after it', async () => {
    const responses = [];
    page.respond = () => new Promise((resolve) => responses.push(resolve));
    const section = await show();
    await select(section, 'Show', '5');
    const found = (id) => ok({ ...SIMILAR, neighbours: [{ ...SIMILAR.neighbours[0], track_id: id }] });
    responses[1](found('latest'));
    await page.time.advance(0);
    responses[0](found('earlier'));
    await page.time.advance(0);
    assert.deepEqual(textsOf(section, 'a.id'), ['latest']);
    assert.equal(section.querySelector('.neighbours').hasAttribute('aria-busy'), false);
  });

  it('says why it has failed', async () => {
    page.respond = () => problem(404, { detail: 'The track has no embedding.' });
    assert.equal(textOf((await show()).querySelector('.neighbours')), 'The track has no embedding.');
    page.respond = () => brokenOff();
    assert.match(textOf((await show()).querySelector('.neighbours')), /incomplete/);
  });
});

describe('the table of neighbours', () => {
  it('has distance, shared columns and values, with those of the track first', async () => {
    const section = await show();
    assert.deepEqual(textsOf(section, 'thead th'), ['Track', 'Distance', 'Shared columns', 'energy', 'tempo']);
    assert.deepEqual(textsOf(section, 'tr.own > *'), ['This track', '', '0.500', '120.0']);
    assert.deepEqual(textsOf(section, 'tbody tr:last-child > *'), ['b', '0.123', '2', '0.600', '90.0']);
    assert.equal(section.querySelector('tr.own td').getAttribute('colspan'), '2');
  });

  it('has the similarity of a cosine', async () => {
    page.respond = () => ok({
      ...SIMILAR, metric: 'cosine', neighbours: [{ ...SIMILAR.neighbours[0], similarity: 0.8766 }],
    });
    const section = await show();
    assert.deepEqual(textsOf(section, 'thead th').slice(0, 4), ['Track', 'Distance', 'Similarity', 'Shared columns']);
    assert.deepEqual(textsOf(section, 'tbody tr:last-child > *').slice(0, 4), ['b', '0.123', '0.877', '2']);
    assert.equal(section.querySelector('tr.own td').getAttribute('colspan'), '3');
  });

  it('has kilometres of a great circle', async () => {
    page.respond = () => ok({ ...SIMILAR, metric: 'great-circle' });
    assert.equal(textsOf(await show(), 'thead th')[1], 'Distance, km');
  });

  it('has other columns with three digits and a dash for the absent', async () => {
    page.respond = () => ok({
      ...SIMILAR, features: ['song_hotness', 'year'], values: { song_hotness: 0.12345 },
      neighbours: [{ track_id: 'b', distance: 1, shared: 1, values: { year: 1999 } }],
    });
    const section = await show();
    assert.deepEqual(textsOf(section, 'thead th').slice(3), ['song hotness', 'year']);
    assert.deepEqual(textsOf(section, 'tr.own td').slice(1), ['0.123', '–']);
    assert.deepEqual(textsOf(section, 'tbody tr:last-child td').slice(2), ['–', '1,999']);
  });

  it('has no values of a group with more than eight columns', async () => {
    page.respond = () => ok({ ...SIMILAR, features: Array.from({ length: 9 }, (_, i) => `c${i}`) });
    const section = await show();
    assert.deepEqual(textsOf(section, 'thead th'), ['Track', 'Distance', 'Shared columns']);
    assert.equal(section.querySelector('tr.own'), null);
  });
});

describe('the coverage', () => {
  it('says how many tracks were compared, and how', async () => {
    assert.equal(textsOf(await show(), '.note')[0],
      'Compared with 1,000 of 1,200 other tracks; 900 of these have all columns. The search is exact.');
    page.respond = () => ok({ ...SIMILAR, search: 'hnsw' });
    assert.match(textsOf(await show(), '.note')[0], /approximate \(HNSW\)\.$/);
  });

  it('is shown even without neighbours', async () => {
    page.respond = () => ok({ metric: 'cosine', search: 'exact' });
    const section = await show();
    assert.match(textOf(section), /No other tracks to compare with yet\. Drop more files\./);
    assert.match(textOf(section), /Compared with 0 of 0 other tracks/);
  });
});
