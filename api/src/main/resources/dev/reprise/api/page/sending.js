import { Problem, pause, request, retryAfter } from './api.js';

const WAIT_SECONDS = 30;
/** How often a server that has too much to do is asked again. */
const MOST_TRIES = 30;
const DEFAULT_RETRY_SECONDS = 1;
/** Whoever has waited so long is told where to look instead. */
export const POLL_MINUTES = 10;

/**
 * Sends a file and waits for what comes of it.
 *
 * @param {File} file
 * @param {?string} trackId null leaves the choice to the server
 * @param {(text: string) => void} say what is going on
 * @returns {Promise<object>} Extraction of the API; pending where nothing has come of it in the time that one waits
 * @throws {Problem} when the server refuses, or when the audio comes to nothing
 */
export async function send(file, trackId, say) {
  const query = trackId === null ? '' : `?track_id=${encodeURIComponent(trackId)}`;
  const options = {
    method: 'POST',
    body: file,
    headers: {
      'Content-Type': /^audio\/[\w.+-]+$/.test(file.type) ? file.type : 'application/octet-stream',
      Prefer: `wait=${WAIT_SECONDS}`,
    },
  };
  say('Sending and listening.');
  const response = await patiently(() => request(`/v1/audio${query}`, options), say);
  const extraction = await response.json();
  return response.status === 202 ? poll(response, extraction, say) : extraction;
}

/** Asks again while the server says 503 and when. */
async function patiently(ask, say) {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (problem) {
      if (problem.status !== 503 || tries === MOST_TRIES) throw problem;
      const seconds = problem.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS;
      say(`${problem.message} Trying again in ${seconds} s.`);
      await pause(seconds);
    }
  }
}

async function poll(accepted, extraction, say) {
  const location = accepted.headers.get('Location');
  if (!location) throw new Problem(502, { detail: 'The server did not say where the result will be.' });
  say('Accepted. Waiting for the result.');
  const end = performance.now() + POLL_MINUTES * 60_000;
  for (let response = accepted; performance.now() < end; ) {
    await pause(retryAfter(response) ?? DEFAULT_RETRY_SECONDS);
    try {
      response = await request(location);
      const latest = await response.json();
      if (latest.status !== 'pending') return latest;
    } catch (problem) {
      // A server that is away for a while has not lost the event.
      if (problem.status !== 0 && problem.status !== 503) throw problem;
    }
  }
  return extraction;
}
