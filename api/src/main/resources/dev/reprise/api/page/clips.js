import { el, labelledSelect, svg, tableOf } from './dom.js';
import { FEATURES, isLowConfidence, range, scale, uncertaintyText, valueText } from './feature.js';
import { clock, fixed, labelOf } from './format.js';

const HEIGHT = 180;
/** Curves with more points are drawn as a line only. */
const MAX_POINTS = 80;

/** The selected feature; kept across tracks, so that they can be compared. */
let selected = 'energy';

/**
 * Draws a feature over the time of a track.
 *
 * @param {{clips?: Array, prediction?: object, truth?: object}} track clips in order of time, each {start_seconds,
 *   duration_seconds, features, uncertainty, tempo_alternate, tempo_confidence, genre}
 */
export function clipCurve(track) {
  const clips = track.clips ?? [];
  if (clips.length === 0) return el('p', { class: 'empty' }, 'No clips are available for this track.');
  if (clips.length === 1) {
    const seconds = clips[0].duration_seconds;
    return el('p', { class: 'empty' }, `One clip of ${seconds.toFixed(1)} s: too short for a curve over time.`);
  }
  const figure = el('figure', { class: 'clips' });
  const draw = () => figure.replaceChildren(curve(track, clips), summary(clips, track));
  draw();
  return el('div', {},
    labelledSelect('Feature', FEATURES.map((f) => [f, labelOf(f)]), selected, (feature) => {
      selected = feature;
      draw();
    }), figure, tableOnDemand(clips));
}

function curve(track, clips) {
  const truth = track.truth?.audio_features?.[selected];
  const end = Math.max(...clips.map((clip) => clip.start_seconds + clip.duration_seconds));
  const points = clips.filter((clip) => Number.isFinite(clip.features?.[selected])).map((clip) => ({
    x: ((clip.start_seconds + clip.duration_seconds / 2) / end) * 100,
    value: clip.features[selected],
    spread: clip.uncertainty?.[selected] ?? 0,
  }));
  const span = range(selected, truth, ...points.map((p) => p.value));
  const at = scale(span);
  const y = (value) => 100 - at(value);
  const path = (list) => list.map(([px, py], i) => `${i ? 'L' : 'M'}${px.toFixed(2)} ${py.toFixed(2)}`).join('');
  const band = [...points.map((p) => [p.x, y(p.value + p.spread)]),
    ...points.toReversed().map((p) => [p.x, y(p.value - p.spread)])];
  return svg('svg', { class: 'curve', width: '100%', height: HEIGHT, 'aria-hidden': 'true' },
    axis(span, y),
    svg('svg', { viewBox: '0 0 100 100', preserveAspectRatio: 'none', x: 0, y: 0, width: '100%', height: HEIGHT - 20 },
      svg('path', { class: 'band', d: `${path(band)}Z` }),
      Number.isFinite(truth) && svg('path', { class: 'truth-line', d: `M0 ${y(truth)}H100` }),
      svg('path', { class: 'line', d: path(points.map((p) => [p.x, y(p.value)])) }),
      points.length <= MAX_POINTS &&
        svg('path', { class: 'points', d: points.map((p) => `M${p.x} ${y(p.value)}h0`).join('') })),
    [0, 0.25, 0.5, 0.75, 1].map((part) => svg('text', {
      x: `${part * 100}%`, y: HEIGHT - 4, 'text-anchor': part === 0 ? 'start' : part === 1 ? 'end' : 'middle',
    }, clock(part * end))));
}

function axis(span, y) {
  return [0, 0.5, 1].flatMap((part) => {
    const value = span[0] + part * (span[1] - span[0]);
    const height = (y(value) / 100) * (HEIGHT - 20);
    return [
      svg('line', { class: 'grid', x1: 0, x2: '100%', y1: height, y2: height }),
      svg('text', { x: 2, y: part === 1 ? 11 : height - 3 }, String(value)),
    ];
  });
}

function summary(clips, { prediction, truth }) {
  const known = truth?.audio_features?.[selected];
  const values = clips.map((clip) => clip.features?.[selected]).filter(Number.isFinite);
  const text = (value) => valueText(selected, value);
  const unit = selected === 'tempo' ? ' BPM' : '';
  return el('figcaption', {},
    `${labelOf(selected)} of ${clips.length} clips: `,
    `${text(Math.min(...values))} to ${text(Math.max(...values))}${unit}. `,
    'The band shows the model’s expected error for each clip. ',
    known !== undefined && 'The dashed line shows Echo Nest’s value for the whole track. ',
    prediction && isLowConfidence(prediction, selected) &&
      `Low confidence: the model’s R² for ${selected} is ${fixed(prediction.r2?.[selected], 2)}.`);
}

/** The values of the curve as a table, created when opened: hours of audio are many rows. */
function tableOnDemand(clips) {
  const details = el('details', { ontoggle: () => {
    if (details.open && details.childElementCount === 1) details.append(table(clips));
  } }, el('summary', {}, 'Clips as a table'));
  return details;
}

function table(clips) {
  const rows = clips.map((clip) => el('tr', {},
    el('th', { scope: 'row' }, `${clock(clip.start_seconds)} to ${clock(clip.start_seconds + clip.duration_seconds)}`),
    FEATURES.map((f) => el('td', { class: 'number' },
      `${valueText(f, clip.features?.[f])} ± ${uncertaintyText(f, clip.uncertainty?.[f])}`)),
    el('td', {}, clip.genre?.name ?? '–')));
  return tableOf('Features of each clip', ['Time', ...FEATURES.map(labelOf), 'Genre'], rows);
}
