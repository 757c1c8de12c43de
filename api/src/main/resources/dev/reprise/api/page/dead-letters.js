import { json } from './api.js';
import { byId, el, shareBar, trackLink } from './dom.js';
import { integer, localTime } from './format.js';

/** The maximum number, which is also what the server lists. */
const MAX_DEAD_LETTERS = 100;

let deadLetters = [];

/** Times are compared as numbers: as text, a time with a fraction sorts before the same second without one. */
const millis = ({ time }) => Date.parse(time);

/** Loads the list of the server, and keeps dead letters that arrived as events meanwhile. */
export async function loadDeadLetters() {
  const { dead_letters: listed = [] } = await json('/v1/dead-letters');
  const known = new Set(listed.map(({ source }) => source));
  const before = deadLetters.map(({ source }) => source).join();
  const newest = Math.max(...listed.map(millis));
  const meanwhile = deadLetters.filter((deadLetter) => !known.has(deadLetter.source) && millis(deadLetter) > newest);
  deadLetters = [...meanwhile, ...listed];
  if (deadLetters.length === 0 || deadLetters.map(({ source }) => source).join() !== before) show();
}

/** @param {object} deadLetter DeadLetter of the API */
export function addDeadLetter(deadLetter) {
  if (deadLetters.some(({ source, stage }) => source === deadLetter.source && stage === deadLetter.stage)) return;
  deadLetters = [deadLetter, ...deadLetters].sort((a, b) => millis(b) - millis(a));
  show();
}

function show() {
  deadLetters.splice(MAX_DEAD_LETTERS);
  const empty = deadLetters.length === 0;
  byId('dead-letters-empty').hidden = !empty;
  byId('dead-letters-shown').hidden = empty;
  byId('dead-letters-count').textContent =
    deadLetters.length === MAX_DEAD_LETTERS ? `the latest ${MAX_DEAD_LETTERS}` : deadLetters.length || '';
  byId('dead-letters-reasons').replaceChildren(...byReason());
  byId('dead-letters-list').replaceChildren(...deadLetters.map(item));
}

function byReason() {
  const counts = new Map();
  for (const { reason } of deadLetters) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([reason, count]) => el('tr', {},
    el('th', { scope: 'row' }, reason),
    el('td', { class: 'chart-cell' }, shareBar(count / deadLetters.length)),
    el('td', { class: 'number' }, integer(count))));
}

function item(deadLetter) {
  return el('li', {},
    el('p', {}, el('strong', {}, deadLetter.reason), ` ${deadLetter.message}`),
    el('p', { class: 'note' }, deadLetter.track_id ? trackLink(deadLetter.track_id) : 'no track id',
      ` · ${deadLetter.stage} · `, el('time', { datetime: deadLetter.time }, localTime(deadLetter.time)),
      ' · ', el('code', {}, deadLetter.source)));
}
