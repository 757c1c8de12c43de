import { json } from './api.js';
import { byId, el, svg, tableOf } from './dom.js';
import { fixed, percent, whole, words } from './format.js';

/** Below it a distribution is chance. */
const FEW_TRACKS = 100;
/** Population stability index: below the first usually called stable, above the second a change. */
const STABLE_PSI = 0.1;
const CHANGED_PSI = 0.25;

const HEIGHT = 56;

let shown = '';

/** The catalogue's predictions beside what the model gave when it was validated. */
export async function loadDrift() {
  const answer = await json('/v1/drift');
  if (JSON.stringify(answer) === shown) return;
  shown = JSON.stringify(answer);
  const { model, features = [] } = answer;
  const views = features.map(view);
  const none = views.every(({ tracks }) => tracks === 0);
  byId('drift-empty').hidden = !none;
  byId('drift-shown').hidden = none;
  if (none) return;
  byId('drift-model').textContent = model;
  byId('drift-charts').replaceChildren(...views.map(chart));
  byId('drift-table').replaceChildren(table(views));
}

/** Adds shares of the counts. @param {object} drift FeatureDrift of the API */
function view(drift) {
  const sum = (counts) => (counts ?? []).reduce((total, count) => total + count, 0);
  const tracks = sum(drift.current);
  const shares = (counts) => (sum(counts) > 0 ? counts.map((count) => count / sum(counts)) : null);
  return { ...drift, tracks, now: shares(drift.current), then: shares(drift.reference) };
}

function chart(drift) {
  const { feature, minimum, maximum, now, then } = drift;
  const top = Math.max(...(now ?? [0]), ...(then ?? [0]), 0.01);
  const bins = (now ?? then ?? []).length;
  const size = { width: '100%', height: HEIGHT };
  const y = (share) => HEIGHT - (share / top) * (HEIGHT - 2);
  const bars = (now ?? []).map((share, i) => svg('rect', {
    class: 'bar', x: `${(i * 100) / bins}%`, width: `${92 / bins}%`, y: y(share), height: HEIGHT - y(share),
  }));
  const steps = (then ?? []).map((share, i) => `L${i} ${y(share)}H${i + 1}`).join('');
  const outline = then && svg('svg', { viewBox: `0 0 ${bins} ${HEIGHT}`, preserveAspectRatio: 'none', ...size },
    svg('path', { class: 'reference', d: `M0 ${HEIGHT}${steps}V${HEIGHT}` }));
  return el('li', {},
    el('h3', {}, words(feature)),
    svg('svg', { ...size, 'aria-hidden': 'true' }, bars, outline),
    el('p', { class: 'ends' }, el('span', {}, String(minimum)), el('span', {}, String(maximum))),
    el('p', { class: 'verdict' }, verdict(drift)));
}

function verdict({ tracks, psi, then }) {
  if (!then) return `No reference is known. ${whole(tracks)} tracks.`;
  if (tracks < FEW_TRACKS) return `Too few tracks: ${whole(tracks)} of ${FEW_TRACKS}.`;
  if (psi === undefined) return `${whole(tracks)} tracks. No PSI yet.`;
  const word = psi < STABLE_PSI ? 'stable' : psi <= CHANGED_PSI ? 'moved a little' : 'changed';
  return `PSI ${fixed(psi, 2)}, ${word}. ${whole(tracks)} tracks.`;
}

function table(views) {
  const rows = views.map((drift) => el('tr', {},
    el('th', { scope: 'row' }, words(drift.feature)),
    el('td', { class: 'number' }, whole(drift.tracks)),
    el('td', { class: 'number' }, fixed(drift.psi, 3)),
    [0.1, 0.5, 0.9].flatMap((part) => [drift.now, drift.then].map((shares) =>
      el('td', { class: 'number' }, fixed(quantile(drift, shares, part), drift.maximum > 1 ? 0 : 2))))));
  const heads = [10, 50, 90].flatMap((part) => [`${percent(part / 100)} below, catalogue`, 'reference']);
  return tableOf('Drift of each feature', ['Feature', 'Tracks', 'PSI', ...heads], rows);
}

/** Upper edge of the bin in which a part of all is reached. */
function quantile({ minimum, maximum }, shares, part) {
  if (!shares) return NaN;
  let sum = 0;
  const bin = shares.findIndex((share) => (sum += share) >= part - 1e-9);
  return minimum + ((bin + 1) / shares.length) * (maximum - minimum);
}
