import { Problem, json, trackPath } from './api.js';
import { el, shareBar, tableOf } from './dom.js';
import { overlapMatrix } from './matrix.js';
import { integer, labelOf, shareText, threeDigits } from './format.js';

/** The maximum number of columns shown of a group: those with the largest shares. */
const MAX_COLUMNS = 10;
/** Columns that together have this share of the distance dominate it. */
const DOMINANT_SHARE = 0.9;

/** Compares groups and metrics only on request, since the server has to search by each of them. */
export function comparisonSection(id) {
  const result = el('div', { 'aria-live': 'polite' });
  const button = el('button', { type: 'button', onclick: async () => {
    button.disabled = true;
    result.replaceChildren(el('p', { class: 'empty' }, 'Comparing…'));
    try {
      result.replaceChildren(...comparison(await json(trackPath(id, '/similar/comparison'))));
      button.remove();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      result.replaceChildren(el('p', { class: 'failure' }, problem.message));
      button.disabled = false;
    }
  } }, 'Compare');
  return el('div', { class: 'comparison' },
    el('p', { class: 'note' },
      'The scale of each group’s columns, and the agreement of the searches on the nearest tracks.'),
    button, result);
}

function comparison({ k, groups = [], searches = [], agreements = [], left_out: leftOut = [] }) {
  const scaled = groups.filter((group) => group.features?.length > 0);
  return [
    el('h4', {}, 'Contribution of each column to the Euclidean distance'),
    ...scaled.map((group, i) => scales(group, i === 0)),
    el('h4', {}, `Agreement of the searches on the ${k} nearest tracks`),
    overlapMatrix(searches, agreements),
    leftOut.length > 0 && el('ul', { class: 'left-out' }, leftOut.map(({ group, why }) =>
      el('li', {}, el('strong', {}, labelOf(group)), ` not compared: ${why}`))),
  ].filter(Boolean);
}

/** A group's columns by their share of the squared distance, with a summary. */
function scales({ group, features }, open) {
  const sorted = [...features].sort((a, b) => b.share - a.share);
  const rows = sorted.slice(0, MAX_COLUMNS).map((f) => el('tr', {},
    el('th', { scope: 'row' }, f.feature.replaceAll('_', ' ')),
    el('td', { class: 'chart-cell' }, shareBar(f.share)),
    el('td', { class: 'number' }, shareText(f.share)),
    [f.standard_deviation, f.mean, f.minimum, f.maximum].map((v) => el('td', { class: 'number' }, threeDigits(v))),
    el('td', { class: 'number' }, integer(f.tracks))));
  const rest = sorted.slice(MAX_COLUMNS);
  const share = el('th', { scope: 'col', colspan: 2 }, 'Share');
  const heads = ['Column', share, 'Std. dev.', 'Mean', 'Min', 'Max', 'Tracks'];
  return el('details', { class: 'scales', open },
    el('summary', {}, el('strong', {}, labelOf(group)), ` ${summarise(sorted)}`),
    tableOf(`Columns of ${group}`, heads, rows),
    rest.length > 0 && el('p', { class: 'note' },
      `${rest.length} more columns contribute the other ${shareText(rest.reduce((sum, f) => sum + f.share, 0))}.`));
}

function summarise(sorted) {
  let sum = 0;
  const count = sorted.findIndex((f) => (sum += f.share) >= DOMINANT_SHARE) + 1;
  if (count === 0 || count > sorted.length / 2) {
    return 'No small set of columns dominates: raw and standardised Euclidean distances should agree.';
  }
  const named = count <= 3 ? ` (${sorted.slice(0, count).map((f) => f.feature.replaceAll('_', ' ')).join(', ')})` : '';
  return `${count} of ${sorted.length} columns${named} ${count === 1 ? 'contributes' : 'contribute'} ${shareText(sum)} `
    + 'of the squared raw Euclidean distance, because columns with large numbers vary most. Standardised metrics first '
    + 'divide each column by its standard deviation.';
}
