import { byId, el, svg } from './dom.js';
import { duration, fixed, integer } from './format.js';
import { EventRates, StatusRates } from './rates.js';

/** Five minutes of one sample every 2 s. */
const MAX_SAMPLES = 150;

const rate = (value) => fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** Name of the metric, title, unit, formatter. */
const TILES = [
  ['clips', 'Clips', 'per second', rate],
  ['tracks', 'Tracks', 'per second', rate],
  ['audio', 'Audio', 's per second', rate],
  ['latency', 'Latency', 'per track', duration],
  ['queue', 'Queue wait', 'per clip', duration],
  ['lag', 'Lag', 'records', integer],
];

const fromStatus = new StatusRates();
const fromEvents = new EventRates();
const tiles = new Map();

export function startLive() {
  for (const [name, title, unit] of TILES) {
    const tile = {
      history: [], value: el('span', {}, '–'), max: el('dd', { class: 'max' }), path: svg('path', { d: '' }),
    };
    tiles.set(name, tile);
    tile.box = el('div', { class: 'tile', id: `live-${name}` }, el('dt', {}, title),
      el('dd', {}, tile.value, el('span', { class: 'unit' }, ` ${unit}`)), el('dd', { class: 'spark' }, svg('svg', {
        viewBox: '0 0 100 24', width: '100%', height: 24, preserveAspectRatio: 'none', 'aria-hidden': 'true',
      }, tile.path)), tile.max);
    byId('live-metrics').append(tile.box);
  }
}

export const countPrediction = (prediction) => fromEvents.push(prediction);

/** @param {object} status Status of the API */
export function showLive({ live }) {
  const metrics = live ? fromStatus.push(live) : fromEvents.metrics();
  for (const [name, , , text] of TILES) showTile(tiles.get(name), metrics[name], text);
  for (const name of ['queue', 'lag']) tiles.get(name).box.hidden = !live;
  if (live) {
    tiles.get('lag').max.textContent = `audio files ${integer(live.audio_files_lag)}, clips ${integer(live.mfcc_lag)}`;
  }
  byId('live-elsewhere').hidden = Boolean(live);
  showBatches(live);
}

function showTile(tile, value, text) {
  tile.history.push(value);
  if (tile.history.length > MAX_SAMPLES) tile.history.shift();
  const known = tile.history.filter(Number.isFinite);
  const top = Math.max(...known, 0);
  tile.value.textContent = text(value);
  tile.max.textContent = known.length > 0 ? `max. ${text(top)} in 5 min` : 'no data in 5 min';
  tile.path.setAttribute('d', line(tile.history, top));
}

/** The path of a sparkline, with the present at the right and gaps where values are missing. */
function line(history, top) {
  const start = MAX_SAMPLES - history.length;
  let path = '';
  history.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    const x = ((start + i) / (MAX_SAMPLES - 1)) * 100;
    const y = 23 - (top > 0 ? (value / top) * 22 : 0);
    path += `${Number.isFinite(history[i - 1]) ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    if (!Number.isFinite(history[i - 1]) && !Number.isFinite(history[i + 1])) path += 'h0.1';
  });
  return path;
}

let shownBatches = '';

/** Redraws only on changes, so that screen readers and selections are not disturbed. */
function showBatches(live) {
  const maxima = [live?.queue_seconds_max, live?.compute_seconds_max, live?.latency_seconds_max];
  const now = JSON.stringify([live?.batch_sizes, maxima]);
  if (now === shownBatches) return;
  shownBatches = now;
  byId('live-batches').replaceChildren(...(live ? batches(live) : []));
}

/** The batches by size since the process started, and the recent maxima of the durations. */
function batches(live) {
  const sizes = live.batch_sizes ?? [];
  const top = Math.max(...sizes.map((size) => size.batches), 1);
  const total = sizes.reduce((sum, size) => sum + size.batches, 0);
  const label = (size, i) => {
    const atMost = Number(size.at_most);
    const from = i === 0 ? 1 : Number(sizes[i - 1].at_most) + 1;
    return !Number.isFinite(atMost) ? `${from}+` : from >= atMost ? String(atMost) : `${from}–${atMost}`;
  };
  return [
    el('h3', {}, 'Batches by size', el('span', { class: 'unit' }, ` ${integer(total)} since start-up`)),
    el('table', { class: 'batches' }, el('caption', { class: 'visually-hidden' }, 'Batches by size'),
      el('thead', {}, el('tr', {}, sizes.map((size, i) => el('th', { scope: 'col' }, label(size, i))))),
      el('tbody', {}, el('tr', {}, sizes.map((size) => el('td', {},
        svg('svg', { width: '100%', height: 36, 'aria-hidden': 'true' }, svg('rect', {
          class: 'bar', x: 0, width: '100%', y: 36 - (size.batches / top) * 36, height: (size.batches / top) * 36,
        })), integer(size.batches)))))),
    el('p', { class: 'note' }, `Recent maxima: queue wait ${duration(live.queue_seconds_max)}, `
      + `batch ${duration(live.compute_seconds_max)}, `
      + `track latency ${duration(live.latency_seconds_max)}.`),
  ];
}
