/** The eight features, in the order of the API. */
export const FEATURES = [
  'acousticness', 'danceability', 'energy', 'instrumentalness', 'liveness', 'speechiness', 'tempo', 'valence',
];

const ABBREVIATED = {
  acousticness: 'acoust.',
  danceability: 'dance.',
  instrumentalness: 'instr.',
  liveness: 'live.',
  speechiness: 'speech.',
};

/** Abbreviated as in the column headings of the command line. */
export const abbreviated = (name) => ABBREVIATED[name] ?? name;

/** Predictions of features with a lower R² have low confidence. */
export const LOW_R2 = 0.2;

/** Beats per minute at the end of a chart of tempo, and of one with a faster tempo. */
const MAX_TEMPO = 240;
const MAX_FAST_TEMPO = 500;

/** Returns the range of a chart of a feature. @returns {[number, number]} */
export function range(feature, ...values) {
  if (feature !== 'tempo') return [0, 1];
  return [0, values.some((value) => value > MAX_TEMPO) ? MAX_FAST_TEMPO : MAX_TEMPO];
}

/** @returns {(value: number) => number} maps a value to percent of the range, clamped to 0 to 100 */
export const scale = ([from, to]) => (value) => Math.min(100, Math.max(0, ((value - from) / (to - from)) * 100));

export const valueText = (feature, value) =>
  Number.isFinite(value) ? value.toFixed(feature === 'tempo' ? 1 : 3) : '–';

/** The uncertainty, with one digit less than the value. */
export const uncertaintyText = (feature, value) =>
  Number.isFinite(value) ? value.toFixed(feature === 'tempo' ? 0 : 2) : '–';

export const isLowConfidence = (prediction, feature) => (prediction.r2?.[feature] ?? 1) < LOW_R2;
