import { el } from './dom.js';
import { fixed, moment } from './format.js';

const SHOWN_DIGITS = 12;

const MARKS = {
  truncated: 'the file is incomplete',
  silent: 'silence',
  noise: 'white noise',
  tone: 'a single tone',
  'phase-inverted': 'the channels cancel each other, one of them was analysed',
};

/** What makes a prediction doubtful, in words, or null for ordinary audio. */
export function doubts({ marks = [], truncated }) {
  const words = marks.map((mark) => MARKS[mark] ?? mark);
  const promised = truncated?.promised_seconds;
  if (promised) words.push(`${fixed(truncated.decoded_seconds, 1)} of ${fixed(promised, 1)} s could be decoded`);
  return words.length > 0 ? el('p', { class: 'failure' }, `Doubtful: ${words.join('; ')}.`) : null;
}

/** Where a prediction comes from, so that it can be found again and repeated. */
export function provenance(prediction) {
  const { model = {}, inputs = {} } = prediction;
  const hash = (sha256) => el('code', { title: sha256 }, sha256 ? `${sha256.slice(0, SHOWN_DIGITS)}…` : '–');
  const entries = [
    ['Model', `${model.name} ${model.version}`],
    ['Model’s SHA-256', hash(model.sha256)],
    ['Scored on', model.execution_provider],
    ['MFCC contract', el('span', {}, model.contract, ' ', hash(model.contract_sha256))],
    ['Extraction', el('code', {}, prediction.extraction_id)],
    ['Event time', el('time', { datetime: prediction.event_time }, moment(prediction.event_time))],
    ['Audio decoded', `${fixed(prediction.duration_seconds, 1)} s`],
    ['Clips', String(prediction.clip_count)],
    ['Loudness', `${fixed(inputs.loudness, 1)} dB`],
  ];
  return el('dl', { class: 'provenance' },
    entries.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}
