import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { byId, openPage, textOf, textsOf } from './support/page.js';

let page;
beforeEach(() => (page = openPage()));

/** An object with a number for each feature. */
const each = (value, changes = {}) => ({
  acousticness: value, danceability: value, energy: value, instrumentalness: value, liveness: value,
  speechiness: value, tempo: value * 240, valence: value, ...changes,
});

const PREDICTION = {
  track_id: 'a', event_time: '2001-02-03T04:05:06Z', features: each(0.5), uncertainty: each(0.1), baseline: each(0.25),
  r2: each(0.6, { tempo: 0.3, liveness: 0.1 }), tempo_alternate: 60, tempo_confidence: 0.75,
  genres: [{ name: 'Rock', probability: 0.9996 }, { name: 'Folk', probability: 0.0004 }],
};

describe('the table of features', () => {
  let featureTable;
  beforeEach(async () => ({ featureTable } = await page.load('features.js')));

  const cells = (table, feature) =>
    textsOf([...table.querySelectorAll('tbody tr')].find((row) => textOf(row).startsWith(feature)), 'th, td');

  it('has value, expected error and R² of each, tempo last', () => {
    const table = featureTable(PREDICTION);
    assert.equal(textsOf(table, 'thead th').filter((head) => !head.startsWith('Chart')).join(), 'Feature,Predicted,R²');
    assert.deepEqual(cells(table, 'Energy'), ['Energy', '', '0.500 ± 0.10', '0.60']);
    assert.deepEqual(cells(table, 'Tempo'), ['Tempo BPM', '', '120.0 ± 24', '0.30']);
    assert.deepEqual(textsOf(table, 'tbody th').slice(-3, -1), ['Valence', 'Tempo BPM']);
  });

  it('marks low confidence', () => {
    const table = featureTable(PREDICTION);
    assert.deepEqual(cells(table, 'Liveness'), ['Liveness', '', '~0.500 ± 0.10', 'low confidence 0.10']);
    assert.equal(table.querySelectorAll('tr.low-confidence').length, 1);
    assert.match(textOf(table), /cross-validated R² is below 0\.2 for liveness\./);
  });

  it('has the known values next to them, and says where one is unknown', () => {
    const table = featureTable(PREDICTION, { energy: 0.7 });
    assert.deepEqual(cells(table, 'Energy'), ['Energy', '', '0.500 ± 0.10', '0.700', '0.60']);
    assert.equal(cells(table, 'Valence')[3], 'unknown');
    assert.equal(table.querySelectorAll('.feature-bar .truth').length, 1);
  });

  it('has only the known values of a track without a prediction', () => {
    const table = featureTable(undefined, each(0.5));
    assert.deepEqual(cells(table, 'Energy'), ['Energy', '', '–', '0.500', '']);
    assert.equal(table.querySelector('.notes'), null);
  });

  it('has the alternative tempo and its confidence', () => assert.match(
    textOf(featureTable(PREDICTION)), /Tempo: 120\.0 BPM, alternatively 60\.0 BPM\. Confidence 75 %\./));

  it('draws bar, baseline and expected error to scale, within the chart', () => {
    const table = featureTable({ ...PREDICTION, features: each(0.95) });
    const [bar] = table.querySelectorAll('.feature-bar');
    assert.equal(bar.querySelector('rect.bar').getAttribute('width'), '95%');
    assert.equal(bar.querySelector('.baseline').getAttribute('x1'), '25%');
    const whisker = bar.querySelector('.whisker');
    assert.equal(Number.parseFloat(whisker.getAttribute('x1')).toFixed(3), '85.000');
    assert.equal(whisker.getAttribute('x2'), '100%');
  });

  it('has a longer axis for a tempo beyond it', () => {
    const axis = (tempo) =>
      textsOf(featureTable({ ...PREDICTION, features: each(0.5, { tempo }) }), '.axis text').at(-1);
    assert.equal(axis(240), '240 BPM');
    assert.equal(axis(300), '500 BPM');
  });
});

describe('the curve over time', () => {
  let clipCurve;
  beforeEach(async () => ({ clipCurve } = await page.load('clips.js')));

  const clip = (i, energy, seconds = 30) => ({
    start_seconds: 30 * i, duration_seconds: seconds, features: each(energy), uncertainty: each(0.05),
  });
  const show = (...clips) => clipCurve({ clips, prediction: PREDICTION });

  it('needs two clips', () => {
    assert.equal(textOf(clipCurve({})), 'No clips are available for this track.');
    assert.equal(textOf(show(clip(0, 0.5, 12.34))), 'One clip of 12.3 s: too short for a curve over time.');
  });

  it('has a point at the middle of each clip, at its value', () => assert.equal(
    show(clip(0, 0.25), clip(1, 0.75)).querySelector('path.line').getAttribute('d'), 'M25.00 75.00L75.00 25.00'));

  it('has a band of the expected error around it', () => assert.equal(
    show(clip(0, 0.25), clip(1, 0.75)).querySelector('path.band').getAttribute('d'),
    'M25.00 70.00L75.00 20.00L75.00 30.00L25.00 80.00Z'));

  it('skips a clip without the value', () => assert.equal(
    show(clip(0, 0.25), { ...clip(1, 0), features: {} }, clip(2, 0.75)).querySelector('path.line').getAttribute('d'),
    'M16.67 75.00L83.33 25.00'));

  it('has a line without points if there are many', () => {
    const clips = Array.from({ length: 81 }, (_, i) => clip(i, 0.5));
    assert.equal(show(...clips).querySelector('path.points'), null);
    assert.notEqual(show(...clips.slice(1)).querySelector('path.points'), null);
  });

  it('has the known value as a line', () => {
    const curve = clipCurve({ clips: [clip(0, 0.2), clip(1, 0.3)], truth: { audio_features: { energy: 0.6 } } });
    assert.equal(curve.querySelector('.truth-line').getAttribute('d'), 'M0 40H100');
    assert.match(textOf(curve), /dashed line shows Echo Nest’s value/);
  });

  it('has labels of the time from start to end', () => assert.deepEqual(
    textsOf(show(clip(0, 0.5), clip(1, 0.5)), 'svg.curve > text').slice(-5), ['0:00', '0:15', '0:30', '0:45', '1:00']));

  it('is summed up, with low confidence', async () => {
    const curve = show(clip(0, 0.25), clip(1, 0.75));
    assert.match(textOf(curve.querySelector('figcaption')), /^Energy of 2 clips: 0\.250 to 0\.750\. The band/);
    assert.doesNotMatch(textOf(curve), /Low confidence/);
    const select = curve.querySelector('select');
    select.value = 'liveness';
    page.fire(select, 'change');
    assert.match(textOf(curve), /Low confidence: the model’s R² for liveness is 0\.10\./);
    select.value = 'tempo';
    page.fire(select, 'change');
    assert.match(textOf(curve), /Tempo of 2 clips: 60\.0 to 180\.0 BPM\./);
  });

  it('keeps the selected feature for the next track', () => {
    const select = show(clip(0, 0.1), clip(1, 0.2)).querySelector('select');
    select.value = 'valence';
    page.fire(select, 'change');
    const next = show(clip(0, 0.1), clip(1, 0.2));
    assert.equal(next.querySelector('select').value, 'valence');
    assert.match(textOf(next), /Valence of 2 clips/);
  });

  it('has a table that is created once it is opened', async () => {
    const curve = show(clip(0, 0.25), { ...clip(1, 0.75), genre: { name: 'Rock' } });
    document.body.replaceChildren(curve);
    const details = curve.querySelector('details');
    assert.equal(details.querySelector('table'), null);
    details.open = true;
    page.fire(details, 'toggle');
    page.fire(details, 'toggle');
    assert.equal(details.querySelectorAll('table').length, 1);
    const cells = textsOf(details, 'tbody tr:last-child > *');
    assert.deepEqual([cells[0], cells[3], cells.at(-1)], ['0:30 to 1:00', '0.750 ± 0.05', 'Rock']);
  });
});

describe('the latest predictions', () => {
  let latest;
  beforeEach(async () => (latest = await page.load('latest.js')));

  it('are the last twelve, the latest first', () => {
    assert.equal(byId('latest-table').hidden, true);
    for (let i = 1; i <= 14; i++) latest.showPrediction({ ...PREDICTION, track_id: `track ${i}` });
    const ids = textsOf(byId('latest-rows'), 'a');
    assert.deepEqual([ids.length, ids[0], ids.at(-1)], [12, 'track 14', 'track 3']);
    assert.equal(byId('latest-table').hidden, false);
    assert.equal(byId('latest-empty').hidden, true);
  });

  it('have the genre and tempo, with a mark of low confidence', () => {
    latest.showPrediction(PREDICTION);
    latest.showPrediction({ ...PREDICTION, r2: { tempo: 0.1 }, genres: [] });
    const rows = [...byId('latest-rows').children].map((row) => textsOf(row, 'td').slice(1, 3));
    assert.deepEqual(rows, [['–', '~120.0'], ['Rock', '120.0']]);
  });

  it('have the other features as bars, and as text for screen readers', () => {
    latest.showPrediction({ ...PREDICTION, features: each(0, { energy: 0.5, valence: 1 }) });
    const heights = [...byId('latest-rows').querySelectorAll('rect')].map((bar) => bar.getAttribute('height'));
    assert.deepEqual(heights, ['1', '1', '8', '1', '1', '1', '16']);
    assert.match(textOf(byId('latest-rows')), /energy 0\.500, instrumentalness 0\.000/);
  });
});

describe('the provenance', () => {
  let module;
  beforeEach(async () => (module = await page.load('provenance.js')));

  it('warns of doubtful audio', () => {
    assert.equal(module.warning({}), null);
    assert.equal(textOf(module.warning({ marks: ['silent', 'new'] })), 'Low reliability: silence; new.');
    assert.equal(
      textOf(module.warning({ marks: ['truncated'], truncated: { promised_seconds: 100, decoded_seconds: 33.33 } })),
      'Low reliability: the file is incomplete; 33.3 of 100.0 s could be decoded.');
  });

  it('shows the start of a hash, and the whole on demand', () => {
    const hash = '0123456789abcdef';
    const model = { name: 'small', version: '1', sha256: hash };
    const list = module.provenance({ model, inputs: { loudness: -9.87 } });
    assert.deepEqual(textsOf(list, 'div').slice(0, 2), ['Modelsmall 1', 'Model SHA-2560123456789ab…']);
    assert.equal(list.querySelector('code').title, hash);
    assert.equal(textsOf(list, 'dd').at(-1), '-9.9 dB');
  });

  it('has a dash where a prediction has no loudness', () =>
    assert.equal(textsOf(module.provenance({ model: {} }), 'dd').at(-1), '– dB'));
});

describe('the genres', () => {
  it('have their probability', async () => {
    const { genreTable } = await page.load('genres.js');
    assert.deepEqual(textsOf(genreTable(PREDICTION.genres), 'th, td.number'), ['Rock', '100.0 %', 'Folk', '0.0 %']);
    assert.equal(textOf(genreTable([])), 'The model predicts no genres.');
  });
});
