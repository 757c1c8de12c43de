import { Problem } from './api.js';
import { byId, el, trackLink } from './dom.js';
import { bytes } from './format.js';
import { POLL_MINUTES, send } from './sending.js';

/** The maximum number of finished uploads in the list; the oldest are removed. */
const MAX_DONE = 12;

const queue = [];
let working = false;
let limitBytes = Infinity;

/** @param {number} count the maximum size of a file that the server accepts, in bytes */
export function limitUploads(count) {
  limitBytes = count;
  byId('upload-limit').textContent = `up to ${bytes(count)} each`;
}

/**
 * Accepts files from the file input, and files dropped anywhere on the page.
 *
 * @param {(extraction: object, file: File, first: boolean) => void} onPredicted first: whether this
 *   is the first of the files selected together
 */
export function startUpload(onPredicted) {
  const input = byId('file');
  const zone = byId('drop');
  input.addEventListener('change', () => {
    add([...input.files], onPredicted);
    input.value = '';
  });
  const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
  const setOver = (isOver) => zone.classList.toggle('over', isOver);
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setOver(true);
  });
  document.addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false));
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setOver(false);
    add([...event.dataTransfer.files], onPredicted);
  });
}

function add(files, onPredicted) {
  const batch = { first: true };
  for (const file of files) {
    const state = el('span', { class: 'state' }, 'Queued.');
    const entry = el('li', { class: 'upload' },
      el('span', { class: 'id', title: file.name }, file.name), el('span', { class: 'unit' }, bytes(file.size)), state);
    byId('uploads').prepend(entry);
    queue.push({ file, entry, state, batch, onPredicted });
  }
  [...byId('uploads').querySelectorAll('.done')].slice(MAX_DONE).forEach((done) => done.remove());
  processQueue();
}

/** Uploads the queued files one after the other, in order. */
async function processQueue() {
  if (working) return;
  working = true;
  while (queue.length > 0) await process(queue.shift());
  working = false;
}

async function process(upload) {
  const { file, entry, state, batch, onPredicted } = upload;
  const showState = (...text) => state.replaceChildren(...text);
  try {
    if (file.size > limitBytes) {
      throw new Problem(413, {
        detail: `The file has ${bytes(file.size)}; the server accepts at most ${bytes(limitBytes)}.`,
        reason: 'too-large',
      });
    }
    const extraction = await send(file, byId('by-name').checked ? stem(file.name) : null, showState);
    if (extraction.status === 'failed') {
      throw new Problem(422, { reason: extraction.failure.reason, detail: extraction.failure.message });
    }
    showState(...outcomeText(extraction));
    if (extraction.status === 'predicted') {
      onPredicted(extraction, file, batch.first);
      batch.first = false;
    }
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    entry.classList.add('failed');
    const reason = problem.reason ? [el('strong', {}, problem.reason), ': '] : [];
    showState('Failed. ', ...reason, problem.message, retryButton(upload, problem));
  }
  entry.classList.add('done');
}

/** Describes the outcome of a file that did not fail. */
function outcomeText({ status, track_id: id }) {
  if (status === 'predicted') return ['Predicted: ', trackLink(id)];
  if (status === 'superseded') return ['Superseded by a later event of this track: see ', trackLink(id), '.'];
  return [`Accepted, but there is no result after ${POLL_MINUTES} minutes. The file is not lost: check `, trackLink(id),
    ' or the dead letters later.'];
}

/** The file name without its last extension, as ./reprise submit names tracks. */
const stem = (name) => name.replace(/(?<=.)\.[^.]*$/, '');

/** A button to retry an upload after a transient error. */
function retryButton(upload, { status }) {
  if (status !== 0 && status !== 401 && status < 500) return '';
  return el('button', { type: 'button', class: 'again', onclick: () => {
    upload.entry.classList.remove('failed', 'done');
    upload.state.replaceChildren('Queued.');
    queue.push(upload);
    processQueue();
  } }, 'Try again');
}
