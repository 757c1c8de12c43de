import { Problem, readJson, request, retryAfter, sleep } from './api.js';

const WAIT_SECONDS = 30;
/** The maximum number of attempts while the server is overloaded. */
const MAX_ATTEMPTS = 30;
const DEFAULT_RETRY_SECONDS = 1;
/** Polling stops after this time, and the page names the places where the result will appear. */
export const POLL_MINUTES = 10;

/**
 * Uploads a file and waits for the result.
 *
 * @param {File} file
 * @param {?string} trackId null if the server is to choose the id
 * @param {(text: string) => void} onProgress
 * @returns {Promise<object>} Extraction of the API; pending if there is no result after POLL_MINUTES
 * @throws {Problem} if the server rejects the request, or if the audio fails
 */
export async function send(file, trackId, onProgress) {
  const query = trackId === null ? '' : `?track_id=${encodeURIComponent(trackId)}`;
  const options = {
    method: 'POST',
    body: file,
    headers: {
      'Content-Type': /^audio\/[\w.+-]+$/.test(file.type) ? file.type : 'application/octet-stream',
      Prefer: `wait=${WAIT_SECONDS}`,
    },
  };
  onProgress('Uploading and analysing.');
  const response = await retryWhileOverloaded(() => request(`/v1/audio${query}`, options), onProgress);
  const extraction = await readJson(response);
  return response.status === 202 ? poll(response, extraction, onProgress) : extraction;
}

/** Retries while the server responds with 503, after the time that it gives. */
async function retryWhileOverloaded(attempt, onProgress) {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (problem) {
      if (problem.status !== 503 || attempts === MAX_ATTEMPTS) throw problem;
      const seconds = problem.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS;
      onProgress(`${problem.message} Retrying in ${seconds} s.`);
      await sleep(seconds);
    }
  }
}

async function poll(accepted, extraction, onProgress) {
  const location = accepted.headers.get('Location');
  if (!location) throw new Problem(502, { detail: 'The server accepted the file but gave no URL for its result.' });
  onProgress('Accepted. Waiting for the result.');
  const end = performance.now() + POLL_MINUTES * 60_000;
  for (let response = accepted; performance.now() < end; ) {
    await sleep(retryAfter(response) ?? DEFAULT_RETRY_SECONDS);
    try {
      response = await request(location);
      const latest = await readJson(response);
      if (latest.status !== 'pending') return latest;
    } catch (problem) {
      // A server that is temporarily unavailable has not lost the event.
      if (problem.status !== 0 && problem.status !== 503) throw problem;
    }
  }
  return extraction;
}
