import { choice, el, tableOf } from './dom.js';
import { metricWords, words } from './format.js';

/** Steps of shade from none to all shared. */
const SHADES = 5;

const SHARED = 'Share of the nearest tracks that both name, percent';
const RANKS = 'Rank correlation of the distances to all tracks, times 100';

/**
 * How far each pair of searches agrees, as a table.
 *
 * @param {Array<{group: string, metric: string}>} searches
 * @param {Array<{first, second, overlap: number, rank_correlation?: number}>} agreements one for each pair
 */
export function overlapMatrix(searches, agreements) {
  const found = new Map();
  for (const agreement of agreements) {
    found.set(`${key(agreement.first)} ${key(agreement.second)}`, agreement);
    found.set(`${key(agreement.second)} ${key(agreement.first)}`, agreement);
  }
  const between = (row, column) => found.get(`${key(row)} ${key(column)}`);
  const matrix = el('div', {});
  const draw = (what) => matrix.replaceChildren(table(what, searches, between));
  draw(SHARED);
  return el('div', {},
    choice('Show', [[SHARED, SHARED], [RANKS, RANKS]], SHARED, draw), matrix);
}

function table(what, searches, between) {
  const heads = searches.map((search, i) => el('th', { scope: 'col', class: 'number' },
    el('abbr', { title: name(search) }, String(i + 1))));
  const rows = searches.map((row, i) => el('tr', {},
    el('th', { scope: 'row' }, el('span', { class: 'place' }, String(i + 1)), name(row)),
    searches.map((column, j) => (i === j ? el('td', { class: 'same' }, '·') : cell(what, between(row, column))))));
  return tableOf(what, ['Search', ...heads], rows, { class: 'matrix' });
}

function cell(what, agreement) {
  const value = what === SHARED ? agreement?.overlap : agreement?.rank_correlation;
  if (value === undefined) return el('td', {}, '–');
  return el('td', { class: `shade-${Math.round(Math.max(0, value) * SHADES)}` }, String(Math.round(value * 100)));
}

const key = ({ group, metric }) => `${group} ${metric}`;

const name = ({ group, metric }) => `${words(group)}: ${metricWords(metric)}`;
