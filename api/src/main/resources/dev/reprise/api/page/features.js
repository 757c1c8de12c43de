import { el, svg, visuallyHidden } from './dom.js';
import { FEATURES, LOW_R2, isLowConfidence, range, scale, uncertaintyText, valueText } from './feature.js';
import { fixed, labelOf, percent } from './format.js';

const HEIGHT = 22;
const MIDDLE = HEIGHT / 2;

/** Tempo last, as its unit is different. */
const ROWS = [...FEATURES.filter((feature) => feature !== 'tempo'), 'tempo'];

/**
 * Creates the table of the eight features, with a bar in each row.
 *
 * @param {{features: Object<string, number>, uncertainty, baseline, r2, tempo_alternate: number,
 *   tempo_confidence: number}} [prediction]
 * @param {Object<string, number>} [truth] Echo Nest's values
 */
export function featureTable(prediction, truth) {
  const rows = ROWS.map((feature) => row(feature, prediction, truth));
  const heads = ['Feature', 'Chart', 'Predicted', truth && 'Echo Nest', 'R²'].filter(Boolean);
  return el('div', { class: 'features' },
    el('table', { role: 'table' },
      el('caption', { class: 'visually-hidden' }, 'The eight features of this track'),
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, heads.map((head, i) =>
        el('th', { scope: 'col', role: 'columnheader', class: i === 1 ? 'chart-cell' : null },
          i === 1 ? [visuallyHidden(head), legend(prediction, truth)] : head)))),
      el('tbody', { role: 'rowgroup' }, rows,
        el('tr', { 'aria-hidden': 'true', class: 'axis' },
          el('th'), el('td', { class: 'chart-cell' }, axis(prediction, truth))))),
    prediction && notes(prediction));
}

function row(feature, prediction, truth) {
  const value = prediction?.features?.[feature];
  const isLow = prediction && isLowConfidence(prediction, feature);
  const known = truth?.[feature];
  return el('tr', { role: 'row', class: isLow ? 'low-confidence' : null },
    el('th', { scope: 'row', role: 'rowheader' }, labelOf(feature),
      feature === 'tempo' && el('span', { class: 'unit' }, ' BPM')),
    el('td', { role: 'cell', class: 'chart-cell' }, bar(feature, prediction, known)),
    el('td', { role: 'cell', class: 'number predicted' },
      el('span', { class: 'value', id: `value-${feature}` }, isLow ? '~' : '', valueText(feature, value)),
      prediction && el('span', { class: 'uncertainty' },
        ` ± ${uncertaintyText(feature, prediction.uncertainty?.[feature])}`)),
    truth && el('td', { role: 'cell', class: 'number truth' },
      known === undefined ? visuallyHidden('unknown') : valueText(feature, known)),
    el('td', { role: 'cell', class: 'number r2' }, isLow && el('span', { class: 'verdict' }, 'low confidence '),
      prediction && fixed(prediction.r2?.[feature], 2)));
}

/** The axis labels: of the features from 0 to 1, and of the tempo below them. */
function axis(prediction, truth) {
  const [, tempo] = range('tempo', prediction?.features?.tempo, truth?.tempo);
  const text = (x, y, anchor, label) => svg('text', { x, y, 'text-anchor': anchor }, label);
  return svg('svg', { width: '100%', height: 28 }, [['0%', 'start', 0], ['50%', 'middle', 0.5], ['100%', 'end', 1]]
    .flatMap(([x, anchor, part]) => [text(x, 11, anchor, String(part)), text(x, 24, anchor, `${part * tempo} BPM`)]));
}

/** A bar to the value, a whisker for its uncertainty, a tick for the baseline, a ring for the truth. */
function bar(feature, prediction, known) {
  const value = prediction?.features?.[feature];
  const spread = prediction?.uncertainty?.[feature];
  const baseline = prediction?.baseline?.[feature];
  const at = scale(range(feature, value, known));
  const x = (v) => `${at(v)}%`;
  const line = (name, x1, x2, y1, y2) => svg('line', { class: name, x1, x2, y1, y2 });
  const stroke = (name, v, half) => line(name, x(v), x(v), MIDDLE - half, MIDDLE + half);
  const parts = ['0%', '25%', '50%', '75%', '100%'].map((grid) => line('grid', grid, grid, 0, HEIGHT));
  if (Number.isFinite(value)) {
    parts.push(svg('rect', { class: 'bar', x: 0, y: MIDDLE - 5, width: x(value), height: 10 }));
  }
  if (Number.isFinite(baseline)) parts.push(stroke('baseline', baseline, 10));
  if (Number.isFinite(value) && Number.isFinite(spread)) {
    const [low, high] = [value - spread, value + spread];
    parts.push(line('whisker', x(low), x(high), MIDDLE, MIDDLE), stroke('whisker', low, 4), stroke('whisker', high, 4),
      svg('circle', { class: 'point', cx: x(value), cy: MIDDLE, r: 3.5 }));
  }
  if (Number.isFinite(known)) parts.push(svg('circle', { class: 'truth', cx: x(known), cy: MIDDLE, r: 5 }));
  return svg('svg', { class: 'feature-bar', width: '100%', height: HEIGHT, 'aria-hidden': 'true' }, parts);
}

function legend(prediction, truth) {
  const key = (drawing, text) =>
    el('span', {}, svg('svg', { width: 18, height: 12, 'aria-hidden': 'true' }, drawing), text);
  return el('span', { class: 'legend' },
    prediction && key(svg('path', { class: 'whisker', d: 'M1 6H17M1 3V9M17 3V9' }), 'expected error'),
    prediction && key(svg('path', { class: 'baseline', d: 'M9 0V12' }), 'mean of the training labels'),
    truth && key(svg('circle', { class: 'truth', cx: 9, cy: 6, r: 4.5 }), 'Echo Nest'));
}

/** Notes on the tempo and on the values with low confidence. */
function notes(prediction) {
  const uncertain = FEATURES.filter((feature) => isLowConfidence(prediction, feature));
  const { tempo_alternate: alternate, tempo_confidence: confidence } = prediction;
  return el('div', { class: 'notes' },
    el('p', {}, 'Tempo: ', el('strong', {}, `${valueText('tempo', prediction.features?.tempo)} BPM`),
      ', alternatively ', el('strong', {}, `${valueText('tempo', alternate)} BPM`),
      `. Confidence ${percent(confidence)}.`),
    uncertain.length > 0 && el('p', {},
      `~ Low confidence: the model’s cross-validated R² is below ${LOW_R2} for ${uncertain.join(', ')}.`));
}
