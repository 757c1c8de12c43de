import { byId, el, svg, trackLink, unseen } from './dom.js';
import { FEATURES, hardlyHeard, valueText } from './feature.js';
import { moment } from './format.js';

const KEPT = 12;
const SHARES = FEATURES.filter((feature) => feature !== 'tempo');

const rows = [];

/** Puts a prediction on top of the latest ones. @param {object} prediction Prediction of the contract */
export function showPrediction(prediction) {
  rows.unshift(row(prediction));
  rows.splice(KEPT);
  byId('latest-empty').hidden = true;
  byId('latest-table').hidden = false;
  byId('latest-rows').replaceChildren(...rows);
}

export function showMissed(detail) {
  byId('latest-missed').textContent = detail;
}

function row(prediction) {
  const { features = {}, genres = [] } = prediction;
  return el('tr', {},
    el('th', { scope: 'row' }, trackLink(prediction.track_id)),
    el('td', {}, glyph(features)),
    el('td', {}, genres[0]?.name ?? '–'),
    el('td', { class: 'number' }, hardlyHeard(prediction, 'tempo') ? '~' : '', valueText('tempo', features.tempo)),
    el('td', { class: 'number' }, el('time', { datetime: prediction.event_time }, moment(prediction.event_time))));
}

/** The seven shares as small bars, in the features' order. */
function glyph(features) {
  const bars = SHARES.map((feature, i) => {
    const height = Math.max(1, (features[feature] ?? 0) * 16);
    return svg('rect', { class: 'bar', x: i * 6, y: 16 - height, width: 4, height });
  });
  const text = SHARES.map((feature) => `${feature} ${valueText(feature, features[feature])}`).join(', ');
  return el('span', { title: text }, svg('svg', { width: 40, height: 16, 'aria-hidden': 'true' }, bars), unseen(text));
}
