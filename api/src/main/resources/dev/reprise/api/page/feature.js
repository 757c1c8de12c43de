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

/** As the command line heads its columns. */
export const abbreviated = (name) => ABBREVIATED[name] ?? name;

/** Below it the model explains so little that the value says next to nothing. */
export const LITTLE_R2 = 0.2;

/** Beats per minute where a chart of tempo ends, and where it ends for the few that are faster. */
const TEMPO_END = 240;
const FAST_TEMPO_END = 500;

/** What a chart of a feature spans. @returns {[number, number]} */
export function range(feature, ...values) {
  if (feature !== 'tempo') return [0, 1];
  return [0, values.some((value) => value > TEMPO_END) ? FAST_TEMPO_END : TEMPO_END];
}

/** @returns {(value: number) => number} percent of the range, clipped to it */
export const scale = ([from, to]) => (value) => Math.min(100, Math.max(0, ((value - from) / (to - from)) * 100));

export const valueText = (feature, value) =>
  Number.isFinite(value) ? value.toFixed(feature === 'tempo' ? 1 : 3) : '–';

/** Uncertainty has a digit less than the value. */
export const uncertaintyText = (feature, value) =>
  Number.isFinite(value) ? value.toFixed(feature === 'tempo' ? 0 : 2) : '–';

export const hardlyHeard = (prediction, feature) => (prediction.r2?.[feature] ?? 1) < LITTLE_R2;
