import { Problem, json, trackPath } from './api.js';
import { choice, el, tableOf, trackLink } from './dom.js';
import { abbreviated, FEATURES, valueText } from './feature.js';
import { metricWords, short, whole, words } from './format.js';

const GROUPS = [
  'predicted_features', 'embedding', 'audio_features', 'social_features', 'temporal_features', 'ranks', 'metadata',
];
const METRICS = ['standardised-euclidean', 'standardised-cosine', 'euclidean', 'cosine'];
const TEMPOS = [['linear', 'Linear'], ['circular', 'Circular, by octave']];
const COUNTS = ['5', '10', '20', '50'];
/** More columns than that are left out of the table. */
const MOST_COLUMNS = 8;

const wanted = { group: 'predicted_features', metric: METRICS[0], tempo: 'linear', k: '10' };

/** The nearest tracks, with a choice of what is compared and how. */
export function neighbourPart(id, predicted) {
  if (!predicted && ['predicted_features', 'embedding'].includes(wanted.group)) wanted.group = 'audio_features';
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
    wanted[name] = value;
    if (name === 'group') offer();
    load();
  };
  function offer() {
    const focused = controls.contains(document.activeElement);
    controls.replaceChildren(...choices(set));
    if (focused) controls.querySelector('select').focus();
  }
  offer();
  load();
  return el('div', {}, controls, result);
}

const onMap = () => wanted.group === 'metadata';
const hasTempo = () => ['predicted_features', 'audio_features'].includes(wanted.group);

function choices(set) {
  const metrics = onMap() ? ['great-circle'] : METRICS;
  return [
    choice('Group', GROUPS.map((g) => [g, words(g)]), wanted.group, set('group')),
    choice('Metric', metrics.map((m) => [m, metricWords(m)]), wanted.metric, set('metric')),
    hasTempo() && choice('Tempo', TEMPOS, wanted.tempo, set('tempo')),
    choice('Show', COUNTS.map((k) => [k, k]), wanted.k, set('k')),
  ].filter(Boolean);
}

async function search(id) {
  const metric = onMap() ? 'great-circle' : wanted.metric;
  const query = new URLSearchParams({ group: wanted.group, metric, k: wanted.k });
  if (hasTempo()) query.set('tempo', wanted.tempo);
  const similar = await json(trackPath(id, `/similar?${query}`));
  const { neighbours = [], coverage = {} } = similar;
  const [tracks, compared, complete] = ['tracks', 'compared', 'complete'].map((name) => whole(coverage[name] ?? 0));
  const said = el('p', { class: 'said' },
    `${compared} of ${tracks} other tracks could be compared; ${complete} of them lack no column. The search is `
    + (similar.search === 'hnsw' ? 'approximate (HNSW).' : 'exact.'));
  if (neighbours.length === 0) {
    return el('div', {}, el('p', { class: 'empty' }, 'No other track can be compared yet. Drop more files.'), said);
  }
  return el('div', {}, table(similar, neighbours), said);
}

function table(similar, neighbours) {
  const features = similar.features?.length <= MOST_COLUMNS ? similar.features : [];
  const cosine = similar.metric.includes('cosine');
  const unit = similar.metric === 'great-circle' ? ' km' : '';
  const head = ['Track', `Distance${unit && ', km'}`, cosine && 'Similarity', 'Shared columns',
    ...features.map((f) => el('th', { scope: 'col', title: words(f) }, heading(f)))].filter(Boolean);
  const values = (of) => features.map((f) => el('td', { class: 'number' }, text(f, of?.[f])));
  const row = (neighbour) => el('tr', {},
    el('th', { scope: 'row' }, trackLink(neighbour.track_id)),
    el('td', { class: 'number' }, short(neighbour.distance)),
    cosine && el('td', { class: 'number' }, short(neighbour.similarity)),
    el('td', { class: 'number' }, String(neighbour.shared)), values(neighbour.values));
  const own = el('tr', { class: 'own' }, el('th', { scope: 'row' }, 'This track'),
    el('td', { colspan: cosine ? 3 : 2 }), values(similar.values));
  return tableOf('Nearest tracks', head, [features.length > 0 && own, neighbours.map(row)].flat());
}

const heading = (feature) => (FEATURES.includes(feature) ? abbreviated(feature) : feature.replaceAll('_', ' '));

const text = (feature, value) => (FEATURES.includes(feature) ? valueText(feature, value) : short(value));
