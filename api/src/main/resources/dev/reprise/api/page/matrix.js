import { el, labelledSelect, tableOf } from './dom.js';
import { labelOf, metricLabel } from './format.js';

/** Number of shades, from no overlap to full overlap. */
const SHADES = 5;

const OVERLAP = 'Overlap of the nearest tracks, percent';
const RANK_CORRELATION = 'Rank correlation of the distances to all tracks, × 100';

/**
 * Creates the table of the agreement of each pair of searches.
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
  const draw = (measure) => matrix.replaceChildren(table(measure, searches, between));
  draw(OVERLAP);
  return el('div', {},
    labelledSelect('Show', [[OVERLAP, OVERLAP], [RANK_CORRELATION, RANK_CORRELATION]], OVERLAP, draw), matrix);
}

function table(measure, searches, between) {
  const heads = searches.map((search, i) => el('th', { scope: 'col', class: 'number' },
    el('abbr', { title: name(search) }, String(i + 1))));
  const rows = searches.map((row, i) => el('tr', {},
    el('th', { scope: 'row' }, el('span', { class: 'search-number' }, String(i + 1)), name(row)),
    searches.map((column, j) => (i === j ? el('td', { class: 'same' }, '·') : cell(measure, between(row, column))))));
  return tableOf(measure, ['Search', ...heads], rows, { class: 'matrix' });
}

function cell(measure, agreement) {
  const value = measure === OVERLAP ? agreement?.overlap : agreement?.rank_correlation;
  if (value === undefined) return el('td', {}, '–');
  return el('td', { class: `shade-${Math.round(Math.max(0, value) * SHADES)}` }, String(Math.round(value * 100)));
}

const key = ({ group, metric }) => `${group} ${metric}`;

const name = ({ group, metric }) => `${labelOf(group)}: ${metricLabel(metric)}`;
