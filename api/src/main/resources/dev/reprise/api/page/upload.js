import { Problem } from './api.js';
import { byId, el, trackLink } from './dom.js';
import { bytes } from './format.js';
import { POLL_MINUTES, send } from './sending.js';

/** Entries of the list of uploads; older ones go once they are done. */
const KEPT = 12;

const queue = [];
let working = false;
let limitBytes = Infinity;

/** @param {number} count the largest file that the server takes */
export function limitUploads(count) {
  limitBytes = count;
  byId('upload-limit').textContent = `up to ${bytes(count)} each`;
}

/**
 * Takes files from the file input and from anywhere on the page they are dropped.
 *
 * @param {(extraction: object, file: File, first: boolean) => void} onPredicted first: of those chosen together
 */
export function startUpload(onPredicted) {
  const input = byId('file');
  const zone = byId('drop');
  input.addEventListener('change', () => {
    add([...input.files], onPredicted);
    input.value = '';
  });
  const dragged = (event) => event.dataTransfer?.types.includes('Files');
  const mark = (yes) => zone.classList.toggle('over', yes);
  document.addEventListener('dragover', (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener('dragleave', (event) => event.relatedTarget === null && mark(false));
  document.addEventListener('drop', (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    mark(false);
    add([...event.dataTransfer.files], onPredicted);
  });
}

function add(files, onPredicted) {
  const batch = { first: true };
  for (const file of files) {
    const state = el('span', { class: 'state' }, 'Waiting for its turn.');
    const entry = el('li', { class: 'upload' },
      el('span', { class: 'id', title: file.name }, file.name), el('span', { class: 'unit' }, bytes(file.size)), state);
    byId('uploads').prepend(entry);
    queue.push({ file, entry, state, batch, onPredicted });
  }
  [...byId('uploads').querySelectorAll('.done')].slice(KEPT).forEach((done) => done.remove());
  work();
}

/** One after another: what is dropped first is heard first. */
async function work() {
  if (working) return;
  working = true;
  while (queue.length > 0) await one(queue.shift());
  working = false;
}

async function one(upload) {
  const { file, entry, state, batch, onPredicted } = upload;
  const say = (...text) => state.replaceChildren(...text);
  try {
    if (file.size > limitBytes) {
      throw new Problem(413, {
        detail: `${bytes(file.size)} are more than the ${bytes(limitBytes)} that the server takes.`,
        reason: 'too-large',
      });
    }
    const extraction = await send(file, byId('by-name').checked ? stem(file.name) : null, say);
    if (extraction.status === 'failed') {
      throw new Problem(422, { reason: extraction.failure.reason, detail: extraction.failure.message });
    }
    say(...outcome(extraction));
    if (extraction.status === 'predicted') {
      onPredicted(extraction, file, batch.first);
      batch.first = false;
    }
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    entry.classList.add('failed');
    const reason = problem.reason ? [el('strong', {}, problem.reason), ': '] : [];
    say('Failed. ', ...reason, problem.message, again(upload, problem));
  }
  entry.classList.add('done');
}

/** What has come of a file that did not fail. */
function outcome({ status, track_id: id }) {
  if (status === 'predicted') return ['Predicted: ', trackLink(id)];
  if (status === 'superseded') return ['Superseded: what came of a later event of this track stands at ', trackLink(id), '.'];
  return [`Accepted, but nothing has come of it in ${POLL_MINUTES} minutes. It is not lost: look later at `, trackLink(id),
    ', or among the dead letters below.'];
}

/** The name without its last extension, as ./reprise submit names tracks. */
const stem = (name) => name.replace(/(?<=.)\.[^.]*$/, '');

/** A button for what may go better next time. */
function again(upload, { status }) {
  if (status !== 0 && status !== 401 && status < 500) return '';
  return el('button', { type: 'button', class: 'again', onclick: () => {
    upload.entry.classList.remove('failed', 'done');
    upload.state.replaceChildren('Waiting for its turn.');
    queue.push(upload);
    work();
  } }, 'Try again');
}
