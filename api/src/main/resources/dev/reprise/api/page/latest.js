import { byId, el, svg, trackLink, visuallyHidden } from './dom.js';
import { FEATURES, isLowConfidence, valueText } from './feature.js';
import { localTime } from './format.js';

const MAX_ROWS = 12;
const UNIT_FEATURES = FEATURES.filter((feature) => feature !== 'tempo');

const rows = [];

/** Adds a prediction at the top of the list. @param {object} prediction Prediction of the contract */
export function showPrediction(prediction) {
  rows.unshift(row(prediction));
  rows.splice(MAX_ROWS);
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
    el('td', { class: 'number' }, isLowConfidence(prediction, 'tempo') ? '~' : '', valueText('tempo', features.tempo)),
    el('td', { class: 'number' }, el('time', { datetime: prediction.event_time }, localTime(prediction.event_time))));
}

/** The seven features from 0 to 1 as small bars, in their order. */
function glyph(features) {
  const bars = UNIT_FEATURES.map((feature, i) => {
    const height = Math.max(1, (features[feature] ?? 0) * 16);
    return svg('rect', { class: 'bar', x: i * 6, y: 16 - height, width: 4, height });
  });
  const text = UNIT_FEATURES.map((feature) => `${feature} ${valueText(feature, features[feature])}`).join(', ');
  return el('span', { title: text },
    svg('svg', { width: 40, height: 16, 'aria-hidden': 'true' }, bars), visuallyHidden(text));
}
