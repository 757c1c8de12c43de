import { el, svg, unseen } from './dom.js';
import { FEATURES, LITTLE_R2, hardlyHeard, range, scale, uncertaintyText, valueText } from './feature.js';
import { fixed, percent, words } from './format.js';

const HEIGHT = 22;
const MIDDLE = HEIGHT / 2;

/** Tempo last: it alone has another unit. */
const ROWS = [...FEATURES.filter((feature) => feature !== 'tempo'), 'tempo'];

/**
 * The eight features as a table with a bar in each row.
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
      el('caption', { class: 'unseen' }, 'The eight features of this track'),
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, heads.map((head, i) =>
        el('th', { scope: 'col', role: 'columnheader', class: i === 1 ? 'of-chart' : null },
          i === 1 ? [unseen(head), legend(prediction, truth)] : head)))),
      el('tbody', { role: 'rowgroup' }, rows,
        el('tr', { 'aria-hidden': 'true', class: 'axis' },
          el('th'), el('td', { class: 'of-chart' }, axis(prediction, truth))))),
    prediction && notes(prediction));
}

function row(feature, prediction, truth) {
  const value = prediction?.features?.[feature];
  const little = prediction && hardlyHeard(prediction, feature);
  const known = truth?.[feature];
  return el('tr', { role: 'row', class: little ? 'little' : null },
    el('th', { scope: 'row', role: 'rowheader' }, words(feature),
      feature === 'tempo' && el('span', { class: 'unit' }, ' BPM')),
    el('td', { role: 'cell', class: 'of-chart' }, bar(feature, prediction, known)),
    el('td', { role: 'cell', class: 'number predicted' },
      el('span', { class: 'value', id: `value-${feature}` }, little ? '~' : '', valueText(feature, value)),
      prediction && el('span', { class: 'uncertainty' },
        ` ± ${uncertaintyText(feature, prediction.uncertainty?.[feature])}`)),
    truth && el('td', { role: 'cell', class: 'number truth' },
      known === undefined ? unseen('not known') : valueText(feature, known)),
    el('td', { role: 'cell', class: 'number r2' }, little && el('span', { class: 'verdict' }, 'hardly heard '),
      prediction && fixed(prediction.r2?.[feature], 2)));
}

/** Ends and middle of the charts: of the shares, and of the tempo below them. */
function axis(prediction, truth) {
  const [, tempo] = range('tempo', prediction?.features?.tempo, truth?.tempo);
  const text = (x, y, anchor, label) => svg('text', { x, y, 'text-anchor': anchor }, label);
  return svg('svg', { width: '100%', height: 28 }, [['0%', 'start', 0], ['50%', 'middle', 0.5], ['100%', 'end', 1]]
    .flatMap(([x, anchor, part]) => [text(x, 11, anchor, String(part)), text(x, 24, anchor, `${part * tempo} BPM`)]));
}

/** Bar to the value, whisker over its uncertainty, ticks for the baseline, a ring for the truth. */
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

/** What to make of the tempo and of the values that the model hardly hears. */
function notes(prediction) {
  const unheard = FEATURES.filter((feature) => hardlyHeard(prediction, feature));
  const { tempo_alternate: alternate, tempo_confidence: confidence } = prediction;
  return el('div', { class: 'notes' },
    el('p', {}, 'Tempo: ', el('strong', {}, `${valueText('tempo', prediction.features?.tempo)} BPM`),
      ', else ', el('strong', {}, `${valueText('tempo', alternate)} BPM`), `. Confidence ${percent(confidence)}.`),
    unheard.length > 0 && el('p', {},
      `~ Little to go by: the model’s cross-validated R² is below ${LITTLE_R2} for ${unheard.join(', ')}.`));
}
