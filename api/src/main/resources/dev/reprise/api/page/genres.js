import { el, shareBar } from './dom.js';
import { percent } from './format.js';

/** @param {Array<{name: string, probability: number}>} genres most probable first */
export function genreTable(genres) {
  if (genres.length === 0) return el('p', { class: 'empty' }, 'The model predicts no genres.');
  return el('table', { class: 'shares' },
    el('caption', { class: 'visually-hidden' }, 'Probability of each genre'),
    el('tbody', {}, genres.map(({ name, probability }) => el('tr', {},
      el('th', { scope: 'row' }, name),
      el('td', { class: 'chart-cell' }, shareBar(probability)),
      el('td', { class: 'number' }, percent(probability, 1))))));
}
