import { choice, el, svg, tableOf } from './dom.js';
import { FEATURES, hardlyHeard, range, scale, uncertaintyText, valueText } from './feature.js';
import { clock, words } from './format.js';

const HEIGHT = 180;
/** More points than that are a line. */
const MOST_POINTS = 80;

/** Kept while the page is open, so that tracks can be compared. */
let chosen = 'energy';

/**
 * A feature over the track's time.
 *
 * @param {{clips?: Array, prediction?: object, truth?: object}} track clips by time, each {start_seconds,
 *   duration_seconds, features, uncertainty, tempo_alternate, tempo_confidence, genre}
 */
export function clipCurve(track) {
  const clips = track.clips ?? [];
  if (clips.length === 0) return el('p', { class: 'empty' }, 'No clips of this track are at hand.');
  if (clips.length === 1) {
    const seconds = clips[0].duration_seconds;
    return el('p', { class: 'empty' }, `One clip of ${seconds.toFixed(1)} s: there is no curve over time.`);
  }
  const figure = el('figure', { class: 'clips' });
  const draw = () => figure.replaceChildren(curve(track, clips), summary(clips, track));
  draw();
  return el('div', {},
    choice('Feature', FEATURES.map((f) => [f, words(f)]), chosen, (feature) => {
      chosen = feature;
      draw();
    }), figure, tableOnDemand(clips));
}

function curve(track, clips) {
  const known = track.truth?.audio_features?.[chosen];
  const end = Math.max(...clips.map((clip) => clip.start_seconds + clip.duration_seconds));
  const points = clips.filter((clip) => Number.isFinite(clip.features?.[chosen])).map((clip) => ({
    x: ((clip.start_seconds + clip.duration_seconds / 2) / end) * 100,
    value: clip.features[chosen],
    spread: clip.uncertainty?.[chosen] ?? 0,
  }));
  const span = range(chosen, known, ...points.map((p) => p.value));
  const at = scale(span);
  const y = (value) => 100 - at(value);
  const path = (list) => list.map(([px, py], i) => `${i ? 'L' : 'M'}${px.toFixed(2)} ${py.toFixed(2)}`).join('');
  const band = [...points.map((p) => [p.x, y(p.value + p.spread)]),
    ...points.toReversed().map((p) => [p.x, y(p.value - p.spread)])];
  return svg('svg', { class: 'curve', width: '100%', height: HEIGHT, 'aria-hidden': 'true' },
    axis(span, y),
    svg('svg', { viewBox: '0 0 100 100', preserveAspectRatio: 'none', x: 0, y: 0, width: '100%', height: HEIGHT - 20 },
      svg('path', { class: 'band', d: `${path(band)}Z` }),
      Number.isFinite(known) && svg('path', { class: 'truth-line', d: `M0 ${y(known)}H100` }),
      svg('path', { class: 'line', d: path(points.map((p) => [p.x, y(p.value)])) }),
      points.length <= MOST_POINTS &&
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
  const known = truth?.audio_features?.[chosen];
  const values = clips.map((clip) => clip.features?.[chosen]).filter(Number.isFinite);
  const text = (value) => valueText(chosen, value);
  const unit = chosen === 'tempo' ? ' BPM' : '';
  return el('figcaption', {},
    `${words(chosen)} of ${clips.length} clips: ${text(Math.min(...values))} to ${text(Math.max(...values))}${unit}. `,
    'The band is the error that the model expects of each clip. ',
    known !== undefined && 'The dashed line is Echo Nest’s value for the whole track. ',
    prediction && hardlyHeard(prediction, chosen) && `The model hardly hears ${chosen}.`);
}

/** The curve's numbers, made when asked for: hours of audio are many rows. */
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
  return tableOf('Features of each clip', ['Time', ...FEATURES.map(words), 'Genre'], rows);
}
