import { json } from './api.js';
import { byId, el, shareBar, trackLink } from './dom.js';
import { moment, whole } from './format.js';

/** As many as the server lists. */
const KEPT = 100;

let letters = [];

/** As text, a time with a fraction would come before the same second without one. */
const millis = ({ time }) => Date.parse(time);

/** Asks for all that the server keeps. Events that came meanwhile stay. */
export async function loadLetters() {
  const { dead_letters: listed = [] } = await json('/v1/dead-letters');
  const known = new Set(listed.map(({ source }) => source));
  const before = letters.map(({ source }) => source).join();
  const newest = Math.max(...listed.map(millis));
  const meanwhile = letters.filter((letter) => !known.has(letter.source) && millis(letter) > newest);
  letters = [...meanwhile, ...listed];
  if (letters.length === 0 || letters.map(({ source }) => source).join() !== before) show();
}

/** @param {object} letter DeadLetter of the API */
export function addLetter(letter) {
  if (letters.some(({ source, stage }) => source === letter.source && stage === letter.stage)) return;
  letters = [letter, ...letters].sort((a, b) => millis(b) - millis(a));
  show();
}

function show() {
  letters.splice(KEPT);
  const empty = letters.length === 0;
  byId('letters-empty').hidden = !empty;
  byId('letters-shown').hidden = empty;
  byId('letters-count').textContent = letters.length === KEPT ? `the latest ${KEPT}` : letters.length || '';
  byId('letters-reasons').replaceChildren(...byReason());
  byId('letters-list').replaceChildren(...letters.map(item));
}

function byReason() {
  const counts = new Map();
  for (const { reason } of letters) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([reason, count]) => el('tr', {},
    el('th', { scope: 'row' }, reason),
    el('td', { class: 'of-chart' }, shareBar(count / letters.length)),
    el('td', { class: 'number' }, whole(count))));
}

function item(letter) {
  return el('li', {},
    el('p', {}, el('strong', {}, letter.reason), ` ${letter.message}`),
    el('p', { class: 'said' }, letter.track_id ? trackLink(letter.track_id) : 'no track id', ` · ${letter.stage} · `,
      el('time', { datetime: letter.time }, moment(letter.time)), ' · ', el('code', {}, letter.source)));
}
