import { Problem, json, trackPath } from './api.js';
import { el, shareBar, tableOf } from './dom.js';
import { overlapMatrix } from './matrix.js';
import { shareText, short, whole, words } from './format.js';

/** Columns shown of a group that has more: those with the largest shares. */
const SHOWN_COLUMNS = 10;
/** Columns are said to dominate that make up so much of the distance together. */
const MOST_OF_IT = 0.9;

/** Compares groups and metrics when asked to: the server searches by each of them. */
export function comparisonPart(id) {
  const result = el('div', { 'aria-live': 'polite' });
  const button = el('button', { type: 'button', onclick: async () => {
    button.disabled = true;
    result.replaceChildren(el('p', { class: 'empty' }, 'Comparing.'));
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
    el('p', { class: 'said' },
      'How each group’s columns are scaled, and how far the searches agree on the nearest tracks.'),
    button, result);
}

function comparison({ k, groups = [], searches = [], agreements = [], left_out: leftOut = [] }) {
  const scaled = groups.filter((group) => group.features?.length > 0);
  return [
    el('h4', {}, 'What a Euclidean distance is made of'),
    ...scaled.map((group, i) => scales(group, i === 0)),
    el('h4', {}, `How far the searches agree on the ${k} nearest`),
    overlapMatrix(searches, agreements),
    leftOut.length > 0 && el('ul', { class: 'left-out' }, leftOut.map(({ group, why }) =>
      el('li', {}, el('strong', {}, words(group)), ` left out: ${why}`))),
  ].filter(Boolean);
}

/** A group's columns by their share of the squared distance, and what that means. */
function scales({ group, features }, open) {
  const sorted = [...features].sort((a, b) => b.share - a.share);
  const rows = sorted.slice(0, SHOWN_COLUMNS).map((f) => el('tr', {},
    el('th', { scope: 'row' }, f.feature.replaceAll('_', ' ')),
    el('td', { class: 'of-chart' }, shareBar(f.share)),
    el('td', { class: 'number' }, shareText(f.share)),
    [f.standard_deviation, f.mean, f.minimum, f.maximum].map((v) => el('td', { class: 'number' }, short(v))),
    el('td', { class: 'number' }, whole(f.tracks))));
  const rest = sorted.slice(SHOWN_COLUMNS);
  const share = el('th', { scope: 'col', colspan: 2 }, 'Share');
  const heads = ['Column', share, 'Deviation', 'Mean', 'Least', 'Most', 'Tracks'];
  return el('details', { class: 'scales', open },
    el('summary', {}, el('strong', {}, words(group)), ` ${verdict(sorted)}`),
    tableOf(`Columns of ${group}`, heads, rows),
    rest.length > 0 && el('p', { class: 'said' },
      `${rest.length} more columns make the other ${shareText(rest.reduce((sum, f) => sum + f.share, 0))}.`));
}

function verdict(sorted) {
  let sum = 0;
  const most = sorted.findIndex((f) => (sum += f.share) >= MOST_OF_IT) + 1;
  if (most === 0 || most > sorted.length / 2) {
    return 'No few columns dominate: raw and standardised Euclidean should agree.';
  }
  const named = most <= 3 ? ` (${sorted.slice(0, most).map((f) => f.feature.replaceAll('_', ' ')).join(', ')})` : '';
  return `${most} of ${sorted.length} columns${named} ${most === 1 ? 'makes' : 'make'} ${shareText(sum)} of a raw `
    + 'Euclidean distance, squared: it is ruled by what varies in the largest numbers. Standardised metrics divide '
    + 'each column by its deviation first.';
}
