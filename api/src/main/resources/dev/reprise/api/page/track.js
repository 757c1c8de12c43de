import { Problem, json, pause, trackPath } from './api.js';
import { clipCurve } from './clips.js';
import { comparisonPart } from './comparison.js';
import { byId, el } from './dom.js';
import { featureTable } from './features.js';
import { clock } from './format.js';
import { genreTable } from './genres.js';
import { neighbourPart } from './neighbours.js';
import { doubts, provenance } from './provenance.js';
import { welcome } from './welcome.js';

/** A prediction may reach the stream a moment before it can be asked for. */
const TRIES = 8;

let shown = { id: null, extraction: null };
let latestCall = 0;

/** Which track is shown; null where none is. */
export const shownTrack = () => shown;

/**
 * Shows a track, or what to do where none is chosen.
 *
 * @param {?string} id
 * @param {?string} extraction the extraction id that its prediction must be of, where that is known
 * @param {string} source name of the file that it came from, where that is known
 */
export async function showTrack(id, extraction = null, source = '') {
  const call = ++latestCall;
  const view = byId('track');
  if (id === null) {
    shown = { id, extraction: null };
    document.title = 'Reprise';
    view.removeAttribute('aria-busy');
    const greeting = await welcome();
    if (call === latestCall) view.replaceChildren(greeting);
    return;
  }
  document.title = `${id} – Reprise`;
  if (shown.id !== id) view.replaceChildren(heading(id, null, source), el('p', { class: 'empty' }, 'Loading.'));
  shown = { id, extraction };
  view.setAttribute('aria-busy', 'true');
  try {
    const track = await fetchTrack(id, extraction);
    if (call !== latestCall) return;
    shown = { id, extraction: track.prediction?.extraction_id ?? null };
    const focused = view.contains(document.activeElement);
    view.replaceChildren(...parts(track, source));
    if (focused) byId('track-heading').focus({ preventScroll: true });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (call === latestCall) view.replaceChildren(heading(id, null, source), unknown(problem));
  } finally {
    if (call === latestCall) view.removeAttribute('aria-busy');
  }
}

async function fetchTrack(id, extraction) {
  for (let left = extraction ? TRIES : 1; ; left--) {
    try {
      const track = await json(trackPath(id));
      if (left <= 1 || track.prediction?.extraction_id === extraction) return track;
    } catch (problem) {
      if (left <= 1 || problem.status !== 404) throw problem;
    }
    await pause(0.25);
  }
}

function parts(track, source) {
  const { track_id: id, prediction, truth, failure } = track;
  const shownParts = [heading(id, track, source)];
  if (failure) shownParts.push(failureText(failure));
  if (!prediction) shownParts.push(unpredicted(truth));
  if (prediction || truth) shownParts.push(part('Features', featureTable(prediction, truth?.audio_features)));
  if (prediction) {
    shownParts.push(el('div', { class: 'pair' },
      part('Over time', clipCurve(track)), part('Genre', genreTable(prediction.genres ?? []))));
  }
  if (prediction || truth) {
    shownParts.push(part('Nearest tracks', neighbourPart(id, Boolean(prediction))),
      part('Groups and metrics compared', comparisonPart(id)));
  }
  if (prediction) shownParts.push(part('Provenance', doubts(prediction), provenance(prediction)));
  return shownParts;
}

const failureText = ({ reason, stage, message }) => el('p', { class: 'failure' },
  'The latest audio came to nothing. ', el('strong', {}, reason), ` at stage ${stage}: ${message}`);

const unpredicted = (truth) => el('p', { class: 'empty' }, truth
  ? 'Nothing is predicted of this track; only known values are there. Drop its audio file to hear what the model says.'
  : 'Nothing is predicted of this track.');

function heading(id, track, source) {
  const { artist_name: artist, release, album_name: album } = track?.truth?.metadata ?? {};
  const about = [artist, release ?? album, source && `from ${source}`,
    track?.prediction && `${clock(track.prediction.duration_seconds)} of audio`].filter(Boolean);
  return el('header', { class: 'track-title' },
    el('h2', { id: 'track-heading', tabindex: -1 }, id), about.length > 0 && el('p', {}, about.join(' · ')));
}

const part = (title, ...children) => el('section', { class: 'part' }, el('h3', {}, title), children);

function unknown(problem) {
  const advice = problem.status === 404
    ? ' Drop its audio file above, or submit it: ./reprise submit FILE' : '';
  return el('p', { class: 'failure' }, problem.message, advice);
}
