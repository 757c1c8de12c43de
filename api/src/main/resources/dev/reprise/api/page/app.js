import { connection, json } from './api.js';
import { byId } from './dom.js';
import { loadDrift } from './drift.js';
import { follow } from './events.js';
import { whole } from './format.js';
import { showMissed, showPrediction } from './latest.js';
import { addLetter, loadLetters } from './letters.js';
import { countPrediction, showLive, startLive } from './live.js';
import { startSearch } from './search.js';
import { every } from './timer.js';
import { startToken } from './token.js';
import { showTrack, shownTrack } from './track.js';
import { limitUploads, startUpload } from './upload.js';

const STATUS_SECONDS = 2;
const STATUS_PATIENCE_MILLISECONDS = 8000;
const DRIFT_SECONDS = 15;
const LETTERS_SECONDS = 60;

/** Names of the files that were dropped, by track id. */
const sources = new Map();
const MOST_SOURCES = 200;

/** The track that the address names. @returns {?string} */
function chosen() {
  const [, id] = /^#\/track\/(.+)$/.exec(location.hash) ?? [];
  try {
    return id === undefined ? null : decodeURIComponent(id);
  } catch {
    return id;
  }
}

const show = (extraction = null) => showTrack(chosen(), extraction, sources.get(chosen()));

async function pollStatus() {
  const status = await json('/v1/status', { signal: AbortSignal.timeout(STATUS_PATIENCE_MILLISECONDS) });
  limitUploads(status.limits.upload_bytes);
  showLive(status);
  byId('version').textContent = status.version;
  byId('totals').textContent =
    `${whole(status.predicted_tracks)} tracks predicted, ${whole(status.truth_tracks)} with known values`;
}

function onEvent(event, data) {
  if (event === 'prediction') {
    countPrediction(data);
    showPrediction(data);
    const { id, extraction } = shownTrack();
    if (data.track_id === id && data.extraction_id !== extraction) show(data.extraction_id);
    if (id === null && byId('track').querySelector('.none')) show();
  }
  if (event === 'dead-letter') addLetter(data);
  if (event === 'missed') {
    showMissed(data.detail);
    loadLetters().catch(() => {});
  }
}

/** Whoever chose a track goes on from its heading; whoever typed while an upload was heard goes on typing. */
async function onAddress() {
  const uploaded = sources.has(chosen());
  await show();
  if (chosen() !== null) byId('track').scrollIntoView({ block: 'nearest' });
  if (!uploaded || document.activeElement === document.body) byId('track-heading').focus({ preventScroll: true });
}

function onPredicted(extraction, file, first) {
  const { track_id: id, extraction_id: extractionId } = extraction;
  sources.set(id, file.name);
  if (sources.size > MOST_SOURCES) sources.delete(sources.keys().next().value);
  loadDrift().catch(() => {});
  if (chosen() === id) show(extractionId);
  else if (first) location.hash = `#/track/${encodeURIComponent(id)}`;
}

/** Links within the page leave the chosen track in the address. */
function onJump(event) {
  const target = byId(event.currentTarget.getAttribute('href').slice(1));
  event.preventDefault();
  target.scrollIntoView();
  target.querySelector('h2')?.focus({ preventScroll: true });
}

startToken();
startLive();
startSearch();
startUpload(onPredicted);
document.querySelectorAll('a[data-jump]').forEach((link) => link.addEventListener('click', onJump));
window.addEventListener('hashchange', onAddress);
connection.addEventListener('gone', () => (byId('gone').hidden = false));
connection.addEventListener('back', () => {
  byId('gone').hidden = true;
  show();
});
connection.addEventListener('unlocked', () => show());
show();
every(STATUS_SECONDS, pollStatus);
every(DRIFT_SECONDS, loadDrift);
every(LETTERS_SECONDS, loadLetters);
follow(onEvent, (state) => {
  byId('stream-state').textContent = state;
  byId('stream-state').classList.toggle('on', state === 'live');
});
