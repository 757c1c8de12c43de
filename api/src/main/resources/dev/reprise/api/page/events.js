import { Problem, connection, isUnauthorized, request, sleep } from './api.js';
import { EventParser } from './sse.js';

/** A stream that is silent for longer is broken: the server sends a comment every 15 s. */
const IDLE_TIMEOUT_SECONDS = 45;
const INITIAL_BACKOFF_SECONDS = 1;
const MAX_BACKOFF_SECONDS = 30;

/**
 * Follows GET /v1/events while the page is open: resumes after the last event, reconnects with exponential backoff, and
 * disconnects while the page is hidden.
 *
 * @param {(event: string, data: any) => void} onEvent prediction, dead-letter or missed
 * @param {(state: string) => void} onState live, paused, or the reason of the interruption
 */
export function followEvents(onEvent, onState) {
  const position = { lastId: null };
  let running = false;
  let abort = new AbortController();

  async function run() {
    if (running || document.hidden || isUnauthorized()) return;
    running = true;
    let backoff = INITIAL_BACKOFF_SECONDS;
    while (!document.hidden && !isUnauthorized()) {
      abort = new AbortController();
      let state = 'reconnecting';
      let retryAfterSeconds = 0;
      try {
        await read(position, abort, onEvent, () => {
          backoff = INITIAL_BACKOFF_SECONDS;
          onState('live');
        });
      } catch (problem) {
        retryAfterSeconds = problem.retryAfterSeconds ?? 0;
        backoff = Math.max(backoff, retryAfterSeconds);
        state = problem instanceof Problem ? problem.message : state;
      }
      if (document.hidden || isUnauthorized()) break;
      onState(state);
      await sleep(Math.max(retryAfterSeconds, backoff * (0.75 + Math.random() / 2)));
      backoff = Math.min(MAX_BACKOFF_SECONDS, backoff * 2);
    }
    running = false;
    onState('paused');
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? abort.abort() : run()));
  connection.addEventListener('token-set', run);
  run();
}

/** Reads until the stream ends. @param {{lastId: ?string}} position the id of the last event; updated */
async function read(position, abort, onEvent, onOpen) {
  const headers = { Accept: 'text/event-stream' };
  if (position.lastId) headers['Last-Event-ID'] = position.lastId;
  const response = await request('/v1/events', { headers, signal: abort.signal });
  onOpen();
  const parser = new EventParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const timeout = setTimeout(() => abort.abort(), IDLE_TIMEOUT_SECONDS * 1000);
    const { value, done } = await reader.read().finally(() => clearTimeout(timeout));
    if (done) return;
    const events = parser.push(value);
    position.lastId = parser.lastId ?? position.lastId;
    for (const { event, data } of events) onEvent(event, JSON.parse(data));
  }
}
