import { Problem, json, trackPath } from './api.js';
import { el, labelledSelect, tableOf, trackLink } from './dom.js';
import { abbreviated, FEATURES, valueText } from './feature.js';
import { integer, labelOf, metricLabel, threeDigits } from './format.js';

const GROUPS = [
  'predicted_features', 'embedding', 'audio_features', 'social_features', 'temporal_features', 'ranks', 'metadata',
];
const METRICS = ['standardised-euclidean', 'standardised-cosine', 'euclidean', 'cosine'];
const TEMPOS = [['linear', 'Linear'], ['circular', 'Circular, by octave']];
const COUNTS = ['5', '10', '20', '50'];
/** Groups with more columns are shown without their values. */
const MAX_COLUMNS = 8;

const query = { group: 'predicted_features', metric: METRICS[0], tempo: 'linear', k: '10' };

/** The nearest tracks, with controls for group, metric, tempo scale and count. */
export function neighbourSection(id, predicted) {
  if (!predicted && ['predicted_features', 'embedding'].includes(query.group)) query.group = 'audio_features';
  const result = el('div', { class: 'neighbours', 'aria-live': 'polite' });
  const controls = el('div', { class: 'choices' });
  let latest = 0;

  async function load() {
    const call = ++latest;
    result.setAttribute('aria-busy', 'true');
    const found = await search(id).catch((problem) => {
      if (!(problem instanceof Problem)) throw problem;
      return el('p', { class: 'empty' }, problem.message);
    });
    if (call !== latest) return;
    result.replaceChildren(found);
    result.removeAttribute('aria-busy');
  }

  const set = (name) => (value) => {
    query[name] = value;
    if (name === 'group') showControls();
    load();
  };
  function showControls() {
    const focused = controls.contains(document.activeElement);
    controls.replaceChildren(...selects(set));
    if (focused) controls.querySelector('select').focus();
  }
  showControls();
  load();
  return el('div', {}, controls, result);
}

const isGeographic = () => query.group === 'metadata';
const hasTempo = () => ['predicted_features', 'audio_features'].includes(query.group);

function selects(set) {
  const metrics = isGeographic() ? ['great-circle'] : METRICS;
  return [
    labelledSelect('Group', GROUPS.map((g) => [g, labelOf(g)]), query.group, set('group')),
    labelledSelect('Metric', metrics.map((m) => [m, metricLabel(m)]), query.metric, set('metric')),
    hasTempo() && labelledSelect('Tempo', TEMPOS, query.tempo, set('tempo')),
    labelledSelect('Show', COUNTS.map((k) => [k, k]), query.k, set('k')),
  ].filter(Boolean);
}

async function search(id) {
  const metric = isGeographic() ? 'great-circle' : query.metric;
  const parameters = new URLSearchParams({ group: query.group, metric, k: query.k });
  if (hasTempo()) parameters.set('tempo', query.tempo);
  const similar = await json(trackPath(id, `/similar?${parameters}`));
  const { neighbours = [], coverage = {} } = similar;
  const [tracks, compared, complete] = ['tracks', 'compared', 'complete'].map((name) => integer(coverage[name] ?? 0));
  const precision = similar.search === 'hnsw' ? 'approximate (HNSW)' : 'exact';
  const coverageNote = el('p', { class: 'note' },
    `Compared with ${compared} of ${tracks} other tracks; ${complete} of these have all columns. `,
    `The search is ${precision}.`);
  if (neighbours.length === 0) {
    return el('div', {},
      el('p', { class: 'empty' }, 'No other tracks to compare with yet. Drop more files.'), coverageNote);
  }
  return el('div', {}, table(similar, neighbours), coverageNote);
}

function table(similar, neighbours) {
  const features = similar.features?.length <= MAX_COLUMNS ? similar.features : [];
  const cosine = similar.metric.includes('cosine');
  const unit = similar.metric === 'great-circle' ? ' km' : '';
  const head = ['Track', `Distance${unit && ', km'}`, cosine && 'Similarity', 'Shared columns',
    ...features.map((f) => el('th', { scope: 'col', title: labelOf(f) }, heading(f)))].filter(Boolean);
  const values = (of) => features.map((f) => el('td', { class: 'number' }, text(f, of?.[f])));
  const row = (neighbour) => el('tr', {},
    el('th', { scope: 'row' }, trackLink(neighbour.track_id)),
    el('td', { class: 'number' }, threeDigits(neighbour.distance)),
    cosine && el('td', { class: 'number' }, threeDigits(neighbour.similarity)),
    el('td', { class: 'number' }, String(neighbour.shared)), values(neighbour.values));
  const own = el('tr', { class: 'own' }, el('th', { scope: 'row' }, 'This track'),
    el('td', { colspan: cosine ? 3 : 2 }), values(similar.values));
  return tableOf('Nearest tracks', head, [features.length > 0 && own, neighbours.map(row)].flat());
}

const heading = (feature) => (FEATURES.includes(feature) ? abbreviated(feature) : feature.replaceAll('_', ' '));

const text = (feature, value) => (FEATURES.includes(feature) ? valueText(feature, value) : threeDigits(value));
