import { Problem, connection, isLocked, pause, request } from './api.js';
import { EventParser } from './sse.js';

/** A stream that is silent for longer is dead: the server writes a comment every 15 s. */
const SILENCE_SECONDS = 45;
const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 30;

/**
 * Follows GET /v1/events for as long as the page is open: resumes where it was cut off, waits longer each time that
 * fails, lets go while the page is hidden.
 *
 * @param {(event: string, data: any) => void} onEvent prediction, dead-letter or missed
 * @param {(state: string) => void} onState live, paused, or why it is neither
 */
export function follow(onEvent, onState) {
  const place = { lastId: null };
  let running = false;
  let abort = new AbortController();

  async function run() {
    if (running || document.hidden || isLocked()) return;
    running = true;
    let wait = FIRST_WAIT_SECONDS;
    while (!document.hidden && !isLocked()) {
      abort = new AbortController();
      let refusal = 'connecting again';
      try {
        await read(place, abort, onEvent, () => {
          wait = FIRST_WAIT_SECONDS;
          onState('live');
        });
      } catch (problem) {
        wait = Math.max(wait, problem.retryAfterSeconds ?? 0);
        refusal = problem instanceof Problem ? problem.message : refusal;
      }
      if (document.hidden || isLocked()) break;
      onState(refusal);
      await pause(wait * (0.75 + Math.random() / 2));
      wait = Math.min(LONGEST_WAIT_SECONDS, wait * 2);
    }
    running = false;
    onState('paused');
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? abort.abort() : run()));
  connection.addEventListener('unlocked', run);
  run();
}

/** Reads until the stream ends. @param {{lastId: ?string}} place where it was cut off, and will be next */
async function read(place, abort, onEvent, onOpen) {
  const headers = { Accept: 'text/event-stream' };
  if (place.lastId) headers['Last-Event-ID'] = place.lastId;
  const response = await request('/v1/events', { headers, signal: abort.signal });
  onOpen();
  const parser = new EventParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const silence = setTimeout(() => abort.abort(), SILENCE_SECONDS * 1000);
    const { value, done } = await reader.read().finally(() => clearTimeout(silence));
    if (done) return;
    const events = parser.push(value);
    place.lastId = parser.lastId ?? place.lastId;
    for (const { event, data } of events) onEvent(event, JSON.parse(data));
  }
}
