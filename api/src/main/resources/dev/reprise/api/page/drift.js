import { json } from './api.js';
import { byId, el, svg, tableOf } from './dom.js';
import { fixed, integer, labelOf } from './format.js';

/** With fewer tracks a distribution is not significant. */
const MIN_TRACKS = 100;
/** Conventional thresholds of the population stability index: stable below the first, changed above the second. */
const STABLE_PSI = 0.1;
const CHANGED_PSI = 0.25;

const HEIGHT = 56;

let shown = '';

/** Shows the distributions of the catalogue's predictions and of the model's validation. */
export async function loadDrift() {
  const drift = await json('/v1/drift');
  if (JSON.stringify(drift) === shown) return;
  shown = JSON.stringify(drift);
  const { model, features = [] } = drift;
  const views = features.map(withShares);
  const none = views.every(({ tracks }) => tracks === 0);
  byId('drift-empty').hidden = !none;
  byId('drift-shown').hidden = none;
  if (none) return;
  byId('drift-model').textContent = model;
  byId('drift-charts').replaceChildren(...views.map(chart));
  byId('drift-table').replaceChildren(table(views));
}

/** Adds the counts as shares. @param {object} drift FeatureDrift of the API */
function withShares(drift) {
  const sum = (counts) => (counts ?? []).reduce((total, count) => total + count, 0);
  const tracks = sum(drift.current);
  const shares = (counts) => (sum(counts) > 0 ? counts.map((count) => count / sum(counts)) : null);
  return { ...drift, tracks, current: shares(drift.current), reference: shares(drift.reference) };
}

function chart(drift) {
  const { feature, minimum, maximum, current, reference } = drift;
  const top = Math.max(...(current ?? [0]), ...(reference ?? [0]), 0.01);
  const bins = (current ?? reference ?? []).length;
  const size = { width: '100%', height: HEIGHT };
  const y = (share) => HEIGHT - (share / top) * (HEIGHT - 2);
  const bars = (current ?? []).map((share, i) => svg('rect', {
    class: 'bar', x: `${(i * 100) / bins}%`, width: `${92 / bins}%`, y: y(share), height: HEIGHT - y(share),
  }));
  const steps = (reference ?? []).map((share, i) => `L${i} ${y(share)}H${i + 1}`).join('');
  const outline = reference && svg('svg', { viewBox: `0 0 ${bins} ${HEIGHT}`, preserveAspectRatio: 'none', ...size },
    svg('path', { class: 'reference', d: `M0 ${HEIGHT}${steps}V${HEIGHT}` }));
  return el('li', {},
    el('h3', {}, labelOf(feature)),
    svg('svg', { ...size, 'aria-hidden': 'true' }, bars, outline),
    el('p', { class: 'ends' }, el('span', {}, String(minimum)), el('span', {}, String(maximum))),
    el('p', { class: 'verdict' }, verdict(drift)));
}

function verdict({ tracks, psi, reference }) {
  if (!reference) return `No reference. ${integer(tracks)} tracks.`;
  if (tracks < MIN_TRACKS) return `Too few tracks: ${integer(tracks)} of ${MIN_TRACKS}.`;
  if (psi === undefined) return `${integer(tracks)} tracks. No PSI yet.`;
  const word = psi < STABLE_PSI ? 'stable' : psi <= CHANGED_PSI ? 'moderate shift' : 'significant shift';
  return `PSI ${fixed(psi, 2)}, ${word}. ${integer(tracks)} tracks.`;
}

function table(views) {
  const rows = views.map((drift) => el('tr', {},
    el('th', { scope: 'row' }, labelOf(drift.feature)),
    el('td', { class: 'number' }, integer(drift.tracks)),
    el('td', { class: 'number' }, fixed(drift.psi, 3)),
    [0.1, 0.5, 0.9].flatMap((part) => [drift.current, drift.reference].map((shares) =>
      el('td', { class: 'number' }, fixed(quantile(drift, shares, part), drift.maximum > 1 ? 0 : 2))))));
  const heads = [10, 50, 90].flatMap((part) => [`${part}th percentile, catalogue`, 'reference']);
  return tableOf('Drift of each feature', ['Feature', 'Tracks', 'PSI', ...heads], rows);
}

/** Returns the upper edge of the bin that contains a quantile. */
function quantile({ minimum, maximum }, shares, part) {
  if (!shares) return NaN;
  let sum = 0;
  const bin = shares.findIndex((share) => (sum += share) >= part - 1e-9);
  return minimum + ((bin + 1) / shares.length) * (maximum - minimum);
}
