import { connection, json } from './api.js';
import { addDeadLetter, loadDeadLetters } from './dead-letters.js';
import { byId } from './dom.js';
import { loadDrift } from './drift.js';
import { followEvents } from './events.js';
import { integer } from './format.js';
import { showMissed, showPrediction } from './latest.js';
import { countPrediction, showLive, startLive } from './live.js';
import { startSearch } from './search.js';
import { every } from './timer.js';
import { initTokenForm } from './token.js';
import { showTrack, shownTrack } from './track.js';
import { limitUploads, startUpload } from './upload.js';

const STATUS_SECONDS = 2;
const STATUS_TIMEOUT_MILLISECONDS = 8000;
const DRIFT_SECONDS = 15;
const DEAD_LETTERS_SECONDS = 60;

/** Names of the uploaded files, by track id. */
const fileNames = new Map();
const MAX_FILE_NAMES = 200;

/** Returns the id of the track in the URL. @returns {?string} */
function selectedId() {
  const [, id] = /^#\/track\/(.+)$/.exec(location.hash) ?? [];
  try {
    return id === undefined ? null : decodeURIComponent(id);
  } catch {
    return id;
  }
}

const show = (extraction = null) => showTrack(selectedId(), extraction, fileNames.get(selectedId()));

async function pollStatus() {
  const status = await json('/v1/status', { signal: AbortSignal.timeout(STATUS_TIMEOUT_MILLISECONDS) });
  limitUploads(status.limits.upload_bytes);
  showLive(status);
  byId('version').textContent = status.version;
  byId('totals').textContent =
    `${integer(status.predicted_tracks)} tracks predicted, ${integer(status.truth_tracks)} with known values`;
}

function onEvent(event, data) {
  if (event === 'prediction') {
    countPrediction(data);
    showPrediction(data);
    const { id, extraction } = shownTrack();
    if (data.track_id === id && data.extraction_id !== extraction) show(data.extraction_id);
    if (id === null && byId('track').querySelector('.none')) show();
  }
  if (event === 'dead-letter') addDeadLetter(data);
  if (event === 'missed') {
    showMissed(data.detail);
    loadDeadLetters().catch(() => {});
  }
}

/** Focuses the heading of a newly selected track, but keeps the focus of a user who types during an upload. */
async function onHashChange() {
  const uploaded = fileNames.has(selectedId());
  await show();
  if (selectedId() !== null) byId('track').scrollIntoView({ block: 'nearest' });
  if (!uploaded || document.activeElement === document.body) byId('track-heading').focus({ preventScroll: true });
}

function onPredicted(extraction, file, first) {
  const { track_id: id, extraction_id: extractionId } = extraction;
  fileNames.set(id, file.name);
  if (fileNames.size > MAX_FILE_NAMES) fileNames.delete(fileNames.keys().next().value);
  loadDrift().catch(() => {});
  if (selectedId() === id) show(extractionId);
  else if (first) location.hash = `#/track/${encodeURIComponent(id)}`;
}

/** Links within the page keep the selected track in the URL. */
function onJump(event) {
  const target = byId(event.currentTarget.getAttribute('href').slice(1));
  event.preventDefault();
  target.scrollIntoView();
  target.querySelector('h2')?.focus({ preventScroll: true });
}

initTokenForm();
startLive();
startSearch();
startUpload(onPredicted);
document.querySelectorAll('a[data-jump]').forEach((link) => link.addEventListener('click', onJump));
window.addEventListener('hashchange', onHashChange);
connection.addEventListener('disconnected', () => (byId('disconnected').hidden = false));
connection.addEventListener('reconnected', () => {
  byId('disconnected').hidden = true;
  show();
});
connection.addEventListener('token-set', () => show());
show();
every(STATUS_SECONDS, pollStatus);
every(DRIFT_SECONDS, loadDrift);
every(DEAD_LETTERS_SECONDS, loadDeadLetters);
followEvents(onEvent, (state) => {
  byId('stream-state').textContent = state;
  byId('stream-state').classList.toggle('on', state === 'live');
});
