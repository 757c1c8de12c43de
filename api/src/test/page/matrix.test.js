import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { openPage, textsOf } from './support/page.js';

const A = { group: 'embedding', metric: 'cosine' };
const B = { group: 'ranks', metric: 'euclidean' };
const C = { group: 'ranks', metric: 'standardised-euclidean' };
const RANK_CORRELATION = 'Rank correlation of the distances to all tracks, × 100';

let page;
let overlapMatrix;
beforeEach(async () => {
  page = openPage();
  ({ overlapMatrix } = await page.load('matrix.js'));
});

function show(agreements, searches = [A, B, C]) {
  const matrix = overlapMatrix(searches, agreements);
  document.body.replaceChildren(matrix);
  return matrix;
}

const rows = (matrix) => [...matrix.querySelectorAll('tbody tr')].map((row) => textsOf(row, 'td'));

describe('the matrix', () => {
  it('is symmetric, whichever of a pair is first', () => assert.deepEqual(rows(show([
    { first: A, second: B, overlap: 0.25 }, { first: C, second: A, overlap: 0.5 }, { first: B, second: C, overlap: 1 },
  ])), [['·', '25', '50'], ['25', '·', '100'], ['50', '100', '·']]));

  it('numbers the searches, and names them', () => {
    const matrix = show([]);
    assert.deepEqual(textsOf(matrix, 'thead th'), ['Search', '1', '2', '3']);
    assert.deepEqual(textsOf(matrix, 'tbody th'),
      ['1Embedding: Cosine', '2Ranks: Euclidean', '3Ranks: Standardised Euclidean']);
    assert.deepEqual([...matrix.querySelectorAll('abbr')].map(({ title }) => title),
      ['Embedding: Cosine', 'Ranks: Euclidean', 'Ranks: Standardised Euclidean']);
  });

  it('has a dash for a pair that was not compared', () => assert.deepEqual(
    rows(show([{ first: A, second: B, overlap: 0 }])), [['·', '0', '–'], ['0', '·', '–'], ['–', '–', '·']]));

  it('has darker shades for larger values', () => {
    const shades = [0, 0.09, 0.1, 0.5, 0.91, 1].map((overlap) =>
      show([{ first: A, second: B, overlap }], [A, B]).querySelector('[class^=shade]').className);
    assert.deepEqual(shades, ['shade-0', 'shade-0', 'shade-1', 'shade-3', 'shade-5', 'shade-5']);
  });
});

describe('the rank correlation', () => {
  it('is shown on demand, with its sign and no shade below 0', () => {
    const matrix = show([
      { first: A, second: B, overlap: 1, rank_correlation: -0.5 }, { first: A, second: C, overlap: 1 },
    ]);
    const select = matrix.querySelector('select');
    select.value = RANK_CORRELATION;
    page.fire(select, 'change');
    assert.deepEqual(rows(matrix)[0], ['·', '-50', '–']);
    assert.equal(matrix.querySelector('tbody td:nth-child(3)').className, 'shade-0');
    assert.deepEqual(textsOf(matrix, 'caption'), [RANK_CORRELATION]);
  });
});
