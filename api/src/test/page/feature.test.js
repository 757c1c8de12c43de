import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { load } from './support/page.js';

const { FEATURES, abbreviated, isLowConfidence, range, scale, uncertaintyText, valueText } = await load('feature.js');

describe('the features', () => {
  it('are the eight of the API, in its order', () => assert.deepEqual(FEATURES, [
    'acousticness', 'danceability', 'energy', 'instrumentalness', 'liveness', 'speechiness', 'tempo', 'valence',
  ]));

  it('are abbreviated if they are long', () => {
    assert.equal(abbreviated('instrumentalness'), 'instr.');
    assert.equal(abbreviated('energy'), 'energy');
  });
});

describe('the range of a chart', () => {
  it('is 0 to 1, and 0 to 240 BPM', () => {
    assert.deepEqual(range('energy', 7), [0, 1]);
    assert.deepEqual(range('tempo', 120, undefined), [0, 240]);
    assert.deepEqual(range('tempo', 240), [0, 240]);
  });

  it('is larger if one of the tempos is faster', () => assert.deepEqual(range('tempo', 120, 240.5), [0, 500]));

  it('is scaled to percent and never exceeded', () => {
    const at = scale([100, 300]);
    assert.deepEqual([100, 150, 300, 99, 1000].map(at), [0, 25, 100, 0, 100]);
  });
});

describe('a value', () => {
  it('has three decimals, and a tempo one', () => {
    assert.equal(valueText('energy', 0.12345), '0.123');
    assert.equal(valueText('tempo', 120.06), '120.1');
  });

  it('has an uncertainty with one decimal less', () => {
    assert.equal(uncertaintyText('energy', 0.127), '0.13');
    assert.equal(uncertaintyText('tempo', 12.6), '13');
  });

  it('is a dash if it is absent', () => {
    assert.equal(valueText('energy', undefined), '–');
    assert.equal(valueText('tempo', NaN), '–');
    assert.equal(uncertaintyText('energy', null), '–');
  });
});

describe('the confidence', () => {
  it('is low below an R² of 0.2', () => {
    assert.equal(isLowConfidence({ r2: { energy: 0.199 } }, 'energy'), true);
    assert.equal(isLowConfidence({ r2: { energy: 0.2 } }, 'energy'), false);
    assert.equal(isLowConfidence({ r2: { energy: -1 } }, 'energy'), true);
  });

  it('is not low if the R² is unknown', () => {
    assert.equal(isLowConfidence({}, 'energy'), false);
    assert.equal(isLowConfidence({ r2: { tempo: 0 } }, 'energy'), false);
  });
});
