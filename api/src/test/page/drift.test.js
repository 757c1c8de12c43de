import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { byId, ok, openPage, problem, textOf, textsOf } from './support/page.js';

let page;
let loadDrift;
beforeEach(async () => {
  page = openPage();
  ({ loadDrift } = await page.load('drift.js'));
});

const ENERGY = {
  feature: 'energy', minimum: 0, maximum: 1, reference: [1, 1, 1, 1], current: [100, 200, 300, 400], psi: 0.2,
};

function show(...features) {
  page.respond = () => ok({ model: 'small@1', features });
  return loadDrift();
}

/** Returns the verdict on one feature. */
async function verdict(changes) {
  await show({ ...ENERGY, ...changes });
  return textOf(document.querySelector('.verdict'));
}

describe('the verdict on a feature', () => {
  it('is by the conventional thresholds of the PSI: below 0.1, to 0.25, and above', async () => {
    const verdicts = {
      0: 'stable', 0.0999: 'stable', 0.1: 'moderate shift', 0.25: 'moderate shift', 0.2501: 'significant shift',
      3: 'significant shift',
    };
    for (const [psi, word] of Object.entries(verdicts)) {
      assert.equal(await verdict({ psi: Number(psi) }), `PSI ${Number(psi).toFixed(2)}, ${word}. 1,000 tracks.`);
    }
  });

  it('needs a hundred tracks', async () => {
    assert.equal(await verdict({ current: [99, 0, 0, 0] }), 'Too few tracks: 99 of 100.');
    assert.equal(await verdict({ current: [100, 0, 0, 0] }), 'PSI 0.20, moderate shift. 100 tracks.');
  });

  it('needs a reference', async () => {
    assert.equal(await verdict({ reference: [] }), 'No reference. 1,000 tracks.');
    assert.equal(await verdict({ reference: [0, 0, 0, 0] }), 'No reference. 1,000 tracks.');
  });

  it('needs a PSI', async () => assert.equal(await verdict({ psi: undefined }), '1,000 tracks. No PSI yet.'));
});

describe('the chart of a feature', () => {
  const heights = () => [...document.querySelectorAll('rect.bar')].map((bar) => Number(bar.getAttribute('height')));

  it('has a bar for each bin, by its share', async () => {
    await show(ENERGY);
    const [first, second, , last] = heights();
    assert.equal(last, 54, 'the largest share has the whole height');
    assert.equal(second, first * 2);
  });

  it('has the reference at the same scale as an outline', async () => {
    await show({ ...ENERGY, current: [1, 1, 1, 1], reference: [0, 0, 20, 20] });
    assert.deepEqual(heights(), [27, 27, 27, 27]);
    assert.equal(document.querySelector('path.reference').getAttribute('d'), 'M0 56L0 56H1L1 56H2L2 2H3L3 2H4V56');
  });

  it('has no outline without a reference', async () => {
    await show({ ...ENERGY, reference: [] });
    assert.equal(document.querySelector('path.reference'), null);
    assert.equal(heights().length, 4);
  });
});

describe('the table', () => {
  it('has the upper edges of the bins of percentiles, of the catalogue and the reference', async () => {
    await show({ ...ENERGY, current: [100, 200, 300, 400], reference: [0, 10, 0, 0] });
    assert.deepEqual(textsOf(byId('drift-table'), 'tbody tr > *'),
      ['Energy', '1,000', '0.200', '0.25', '0.50', '0.75', '0.50', '1.00', '0.50']);
  });

  it('has tempos as integers and dashes for the unknown', async () => {
    await show({ feature: 'tempo', minimum: 0, maximum: 240, reference: [], current: [5, 5, 5] });
    assert.deepEqual(textsOf(byId('drift-table'), 'tbody tr > *'),
      ['Tempo', '15', '–', '80', '–', '160', '–', '240', '–']);
  });

  it('finds the last percentile although shares of a third do not add up', async () => {
    await show({ ...ENERGY, current: Array(10).fill(1) });
    assert.equal(textsOf(byId('drift-table'), 'tbody td')[6], '0.90');
  });
});

describe('the section', () => {
  it('says that there are no predictions yet', async () => {
    await show({ ...ENERGY, current: [] });
    assert.equal(byId('drift-empty').hidden, false);
    assert.equal(byId('drift-shown').hidden, true);
  });

  it('shows the features once one of them has predictions', async () => {
    await show({ ...ENERGY, current: [] }, { ...ENERGY, feature: 'valence' });
    assert.equal(byId('drift-empty').hidden, true);
    assert.equal(byId('drift-shown').hidden, false);
    assert.equal(textOf(byId('drift-model')), 'small@1');
    assert.deepEqual(textsOf(byId('drift-charts'), 'h3'), ['Energy', 'Valence']);
  });

  it('is redrawn only if the response has changed, so that a selection is kept', async () => {
    await show(ENERGY);
    const drawn = byId('drift-charts').firstElementChild;
    await show(ENERGY);
    assert.equal(byId('drift-charts').firstElementChild, drawn);
    await show({ ...ENERGY, psi: 0.3 });
    assert.notEqual(byId('drift-charts').firstElementChild, drawn);
  });

  it('keeps what it shows if the server fails', async () => {
    await show(ENERGY);
    page.respond = () => problem(503);
    await assert.rejects(loadDrift());
    assert.deepEqual(textsOf(byId('drift-charts'), 'h3'), ['Energy']);
  });
});
