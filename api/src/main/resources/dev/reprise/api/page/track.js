import { Problem, json, sleep, trackPath } from './api.js';
import { clipCurve } from './clips.js';
import { comparisonSection } from './comparison.js';
import { byId, el } from './dom.js';
import { featureTable } from './features.js';
import { clock } from './format.js';
import { genreTable } from './genres.js';
import { neighbourSection } from './neighbours.js';
import { provenance, warning } from './provenance.js';
import { welcome } from './welcome.js';

/** A prediction may be on the stream a moment before the API serves it. */
const MAX_ATTEMPTS = 8;

let shown = { id: null, extraction: null };
let latestCall = 0;

/** The shown track and its extraction; null if none. */
export const shownTrack = () => shown;

/**
 * Shows a track, or the welcome view if none is selected.
 *
 * @param {?string} id
 * @param {?string} extraction the extraction id that the prediction must have, if known
 * @param {string} source the name of the uploaded file, if known
 */
export async function showTrack(id, extraction = null, source = '') {
  const call = ++latestCall;
  const view = byId('track');
  if (id === null) {
    shown = { id, extraction: null };
    document.title = 'Reprise';
    view.removeAttribute('aria-busy');
    const welcomeView = await welcome();
    if (call === latestCall) view.replaceChildren(welcomeView);
    return;
  }
  document.title = `${id} – Reprise`;
  if (shown.id !== id) view.replaceChildren(heading(id, null, source), el('p', { class: 'empty' }, 'Loading…'));
  shown = { id, extraction };
  view.setAttribute('aria-busy', 'true');
  try {
    const track = await fetchTrack(id, extraction);
    if (call !== latestCall) return;
    shown = { id, extraction: track.prediction?.extraction_id ?? null };
    const focused = view.contains(document.activeElement);
    view.replaceChildren(...sectionsOf(track, source));
    if (focused) byId('track-heading').focus({ preventScroll: true });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (call === latestCall) view.replaceChildren(heading(id, null, source), errorText(problem));
  } finally {
    if (call === latestCall) view.removeAttribute('aria-busy');
  }
}

async function fetchTrack(id, extraction) {
  for (let left = extraction ? MAX_ATTEMPTS : 1; ; left--) {
    try {
      const track = await json(trackPath(id));
      if (left <= 1 || track.prediction?.extraction_id === extraction) return track;
    } catch (problem) {
      if (left <= 1 || problem.status !== 404) throw problem;
    }
    await sleep(0.25);
  }
}

function sectionsOf(track, source) {
  const { track_id: id, prediction, truth, failure } = track;
  const sections = [heading(id, track, source)];
  if (failure) sections.push(failureText(failure));
  if (!prediction) sections.push(noPrediction(truth));
  if (prediction || truth) sections.push(section('Features', featureTable(prediction, truth?.audio_features)));
  if (prediction) {
    sections.push(el('div', { class: 'pair' },
      section('Over time', clipCurve(track)), section('Genre', genreTable(prediction.genres ?? []))));
  }
  if (prediction || truth) {
    sections.push(section('Nearest tracks', neighbourSection(id, Boolean(prediction))),
      section('Comparison of groups and metrics', comparisonSection(id)));
  }
  if (prediction) sections.push(section('Provenance', warning(prediction), provenance(prediction)));
  return sections;
}

const failureText = ({ reason, stage, message }) => el('p', { class: 'failure' },
  'The latest audio failed: ', el('strong', {}, reason), ` at stage ${stage}: ${message}`);

const noPrediction = (truth) => el('p', { class: 'empty' }, truth
  ? 'No prediction for this track, only known values. Drop its audio file to get one.'
  : 'No prediction for this track.');

function heading(id, track, source) {
  const { artist_name: artist, release, album_name: album } = track?.truth?.metadata ?? {};
  const about = [artist, release ?? album, source && `from ${source}`,
    track?.prediction && `${clock(track.prediction.duration_seconds)} of audio`].filter(Boolean);
  return el('header', { class: 'track-title' },
    el('h2', { id: 'track-heading', tabindex: -1 }, id), about.length > 0 && el('p', {}, about.join(' · ')));
}

const section = (title, ...children) => el('section', { class: 'part' }, el('h3', {}, title), children);

function errorText(problem) {
  const advice = problem.status === 404
    ? ' Drop its audio file above, or run: ./reprise submit FILE' : '';
  return el('p', { class: 'failure' }, problem.message, advice);
}
