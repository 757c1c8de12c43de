import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { disconnect, ok, openPage, problem, textOf, textsOf } from './support/page.js';

let page;
let section;
beforeEach(async () => {
  page = openPage();
  const { comparisonSection } = await page.load('comparison.js');
  section = comparisonSection('a');
  document.body.replaceChildren(section);
});

/** Columns of a group, by their shares of the distance. */
const columns = (...shares) => shares.map((share, i) => ({
  feature: `column_${i}`, share, standard_deviation: 12.345, mean: 0, minimum: -1, maximum: 1e7, tracks: 1000,
}));

async function compare(...groups) {
  page.respond = () => ok({ k: 10, groups });
  section.querySelector('button').click();
  await page.time.advance(0);
}

async function summaryOf(...shares) {
  await compare({ group: 'ranks', features: columns(...shares) });
  return textsOf(section, 'summary')[0];
}

describe('the comparison', () => {
  it('is requested by the button, which then disappears', async () => {
    assert.deepEqual(page.paths(), []);
    await compare();
    assert.deepEqual(page.paths(), ['/v1/tracks/a/similar/comparison']);
    assert.equal(section.querySelector('button'), null);
  });

  it('can be requested again after an error', async () => {
    const button = section.querySelector('button');
    for (const respond of [disconnect, () => problem(503, { detail: 'Busy.' })]) {
      page.respond = respond;
      button.click();
      assert.equal(button.disabled, true);
      await page.time.advance(0);
      assert.equal(button.disabled, false);
    }
    assert.deepEqual(textsOf(section, '.failure'), ['Busy.']);
    await compare();
    assert.deepEqual(textsOf(section, '.failure'), []);
  });

  it('names the groups that were not compared, and why', async () => {
    page.respond = () => ok({ k: 10, left_out: [{ group: 'social_features', why: 'one track has them.' }] });
    section.querySelector('button').click();
    await page.time.advance(0);
    assert.deepEqual(textsOf(section, '.left-out li'), ['Social features not compared: one track has them.']);
  });
});

describe('the columns of a group', () => {
  it('are sorted by their shares', async () => {
    await compare({ group: 'ranks', features: columns(0.2, 0.5, 0.3) });
    assert.deepEqual(textsOf(section, 'tbody th'), ['column 1', 'column 2', 'column 0']);
    assert.deepEqual(textsOf(section, 'tbody tr:first-child td'),
      ['', '50.0 %', '12.3', '0', '-1.00', '1.0e+7', '1,000']);
  });

  it('are the ten largest, with the sum of the rest', async () => {
    await compare({ group: 'ranks', features: columns(...Array(12).fill(1 / 12)) });
    assert.equal(section.querySelectorAll('tbody tr').length, 10);
    assert.match(textOf(section), /2 more columns contribute the other 16\.7 %\./);
  });

  it('are shown of the first group, and of the others on demand', async () => {
    await compare({ group: 'metadata' }, { group: 'ranks', features: columns(1) },
      { group: 'embedding', features: columns(1) });
    assert.deepEqual([...section.querySelectorAll('details')].map(({ open }) => open), [true, false]);
    assert.deepEqual(textsOf(section, 'summary strong'), ['Ranks', 'Embedding']);
  });
});

describe('the summary of a group', () => {
  it('names the columns that have 90 % of the distance', async () => assert.match(
    await summaryOf(0.02, 0.9, 0.05, 0.03),
    /^Ranks 1 of 4 columns \(column 1\) contributes 90\.0 % of the squared raw Euclidean distance/));

  it('counts more than three', async () => assert.match(
    await summaryOf(0.3, 0.25, 0.2, 0.2, 0.01, 0.01, 0.01, 0.02), /^Ranks 4 of 8 columns contribute 95\.0 % of/));

  it('says that none dominate if it takes more than half of them', async () => assert.match(
    await summaryOf(0.5, 0.4, 0.1), /^Ranks No small set of columns dominates/));

  it('says so of a single column', async () => assert.match(
    await summaryOf(1), /^Ranks No small set of columns dominates/));

  it('says so if the tracks do not differ', async () => assert.match(
    await summaryOf(0, 0, 0), /^Ranks No small set of columns dominates/));
});
