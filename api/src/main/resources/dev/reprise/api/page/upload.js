import { Problem } from './api.js';
import { byId, el, trackLink } from './dom.js';
import { droppedFiles } from './dropped-files.js';
import { bytes } from './format.js';
import { POLL_MINUTES, send } from './sending.js';

/** The maximum number of finished uploads in the list; the oldest are removed. */
const MAX_DONE = 12;

/** The number of files that are sent, extracted and scored at once. */
const MAX_CONCURRENT = 2;

const queue = [];
let working = 0;
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
    droppedFiles(event.dataTransfer).then((files) => add(files, onPredicted));
  });
}

function add(files, onPredicted) {
  const batch = { first: true };
  for (const file of files) {
    const upload = { file, batch, onPredicted, state: el('span', { class: 'state' }) };
    upload.entry = el('li', { class: 'upload' },
      el('span', { class: 'id', title: file.name }, file.name), el('span', { class: 'unit' }, bytes(file.size)),
      upload.state);
    byId('uploads').prepend(upload.entry);
    enqueue(upload);
  }
  [...byId('uploads').querySelectorAll('.done')].slice(MAX_DONE).forEach((done) => done.remove());
  processQueue();
}

function enqueue(upload) {
  upload.abort = new AbortController();
  upload.entry.classList.remove('failed', 'done');
  upload.state.replaceChildren('Queued.', cancelButton(upload));
  queue.push(upload);
}

/** Uploads the queued files in order, a few at once. */
function processQueue() {
  while (working < MAX_CONCURRENT && queue.length > 0) {
    working++;
    process(queue.shift()).finally(() => {
      working--;
      processQueue();
    });
  }
}

async function process(upload) {
  const { file, entry, state, batch, onPredicted, abort } = upload;
  try {
    if (file.size > limitBytes) {
      throw new Problem(413, {
        detail: `The file has ${bytes(file.size)}; the server accepts at most ${bytes(limitBytes)}.`,
        reason: 'too-large',
      });
    }
    const extraction = await send(file, byId('by-name').checked ? stem(file.name) : null, showProgress(upload), {
      onSent: (sent) => showSent(upload, sent), signal: abort.signal,
    });
    if (extraction.status === 'failed') {
      throw new Problem(422, { reason: extraction.failure.reason, detail: extraction.failure.message });
    }
    state.replaceChildren(...outcomeText(extraction));
    if (extraction.status === 'predicted') {
      onPredicted(extraction, file, batch.first);
      batch.first = false;
    }
  } catch (problem) {
    if (abort.signal.aborted) showCancelled(upload);
    else if (problem instanceof Problem) showFailure(upload, problem);
    else throw problem;
  }
  entry.classList.add('done');
}

/** Shows each step: with the bytes sent, and with a button to cancel what has not been sent completely. */
const showProgress = (upload) => (text, step) => {
  upload.bar = step === 'sending'
    ? el('progress', { max: upload.file.size, 'aria-label': `Sent of ${upload.file.name}` }) : null;
  upload.state.replaceChildren(text, upload.bar ?? '', step === 'sent' ? '' : cancelButton(upload));
};

function showSent(upload, sent) {
  if (upload.bar) upload.bar.value = sent;
}

function showFailure(upload, problem) {
  upload.entry.classList.add('failed');
  const reason = problem.reason ? [el('strong', {}, problem.reason), ': '] : [];
  upload.state.replaceChildren('Failed. ', ...reason, problem.message, isTransient(problem) ? retryButton(upload) : '');
}

function showCancelled(upload) {
  const retry = retryButton(upload);
  const hadFocus = upload.state.contains(document.activeElement);
  upload.state.replaceChildren('Cancelled.', retry);
  if (hadFocus) retry.focus();
}

function cancel(upload) {
  upload.abort.abort();
  const position = queue.indexOf(upload);
  if (position < 0) return;
  queue.splice(position, 1);
  showCancelled(upload);
  upload.entry.classList.add('done');
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

const isTransient = ({ status }) => status === 0 || status === 401 || status >= 500;

const cancelButton = (upload) => el('button', {
  type: 'button', class: 'again', 'aria-label': `Cancel ${upload.file.name}`, onclick: () => cancel(upload),
}, 'Cancel');

/** A button to send a file again after a transient error, or after it was cancelled. */
const retryButton = (upload) => el('button', { type: 'button', class: 'again', onclick: () => {
  enqueue(upload);
  processQueue();
} }, 'Try again');
