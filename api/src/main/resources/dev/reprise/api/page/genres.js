import { el, shareBar } from './dom.js';
import { percent } from './format.js';

/** @param {Array<{name: string, probability: number}>} genres most probable first */
export function genreTable(genres) {
  if (genres.length === 0) return el('p', { class: 'empty' }, 'The model names no genres.');
  return el('table', { class: 'shares' },
    el('caption', { class: 'unseen' }, 'Probability of each genre'),
    el('tbody', {}, genres.map(({ name, probability }) => el('tr', {},
      el('th', { scope: 'row' }, name),
      el('td', { class: 'of-chart' }, shareBar(probability)),
      el('td', { class: 'number' }, percent(probability, 1))))));
}
