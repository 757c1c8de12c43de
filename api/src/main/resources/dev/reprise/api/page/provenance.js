import { el } from './dom.js';
import { fixed, localTime } from './format.js';

const SHOWN_DIGITS = 12;

const MARK_TEXTS = {
  truncated: 'the file is incomplete',
  silent: 'silence',
  noise: 'white noise',
  tone: 'a single tone',
  'phase-inverted': 'the channels cancel each other; only one was analysed',
};

/** A warning for a doubtful prediction, or null for ordinary audio. */
export function warning({ marks = [], truncated }) {
  const texts = marks.map((mark) => MARK_TEXTS[mark] ?? mark);
  const expectedSeconds = truncated?.promised_seconds;
  if (expectedSeconds) {
    texts.push(`${fixed(truncated.decoded_seconds, 1)} of ${fixed(expectedSeconds, 1)} s could be decoded`);
  }
  return texts.length > 0 ? el('p', { class: 'failure' }, `Low reliability: ${texts.join('; ')}.`) : null;
}

/** The provenance of a prediction, so that it can be traced and reproduced. */
export function provenance(prediction) {
  const { model = {}, inputs = {} } = prediction;
  const hash = (sha256) => el('code', { title: sha256 }, sha256 ? `${sha256.slice(0, SHOWN_DIGITS)}…` : '–');
  const entries = [
    ['Model', `${model.name} ${model.version}`],
    ['Model SHA-256', hash(model.sha256)],
    ['Execution provider', model.execution_provider],
    ['MFCC contract', el('span', {}, model.contract, ' ', hash(model.contract_sha256))],
    ['Extraction', el('code', {}, prediction.extraction_id)],
    ['Event time', el('time', { datetime: prediction.event_time }, localTime(prediction.event_time))],
    ['Audio decoded', `${fixed(prediction.duration_seconds, 1)} s`],
    ['Clips', String(prediction.clip_count)],
    ['Loudness', `${fixed(inputs.loudness, 1)} dB`],
  ];
  return el('dl', { class: 'provenance' },
    entries.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}
