import { json } from './api.js';
import { el, trackLink } from './dom.js';
import { integer } from './format.js';

const MAX_TRACKS = 24;

/** The view while no track is selected: instructions and known tracks. */
export async function welcome() {
  const known = await json(`/v1/tracks?limit=${MAX_TRACKS}`).catch(() => null);
  const view = el('div', { class: 'welcome' },
    el('h2', { id: 'track-heading', tabindex: -1 }, 'What does it sound like?'));
  if (known === null) return view;
  const { tracks = [], total = 0 } = known;
  if (tracks.length === 0) {
    view.classList.add('none');
    view.append(
      el('p', {}, 'No tracks yet. Drop an audio file above, or submit some:'),
      el('pre', {}, './reprise submit FILE_OR_FOLDER...'),
      el('p', {}, 'Predictions appear here as soon as they are ready.'));
    return view;
  }
  view.append(
    el('p', {}, `Drop an audio file above, or pick one of ${integer(total)} known tracks.`),
    el('ul', { class: 'known' }, tracks.map((track) => el('li', {}, trackLink(track.track_id),
      !track.predicted && el('span', { class: 'unit' }, ' known values only')))));
  return view;
}
