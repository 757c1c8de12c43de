import { Problem, readJson, request, retryAfter, sleep } from './api.js';

const WAIT_SECONDS = 30;
/** The maximum number of attempts while the server is overloaded: each sends the whole file. */
const MAX_ATTEMPTS = 6;
const DEFAULT_RETRY_SECONDS = 1;
/** The types that the server takes as they are; the file's name says more than any other. */
const MEDIA_TYPE = /^((audio|video)\/[\w.+-]+|application\/ogg)$/;
/** Polling stops after this time, and the page names the places where the result will appear. */
export const POLL_MINUTES = 10;

/**
 * Uploads a file and waits for the result.
 *
 * @param {File} file
 * @param {?string} trackId null if the server is to choose the id
 * @param {(text: string, step: 'sending' | 'waiting' | 'sent') => void} onProgress waiting: to be sent again
 * @param {{onSent: (bytes: number) => void, signal: AbortSignal}} transfer how much has been sent, and how to stop it
 * @returns {Promise<object>} Extraction of the API; pending if there is no result after POLL_MINUTES
 * @throws {Problem} if the server rejects the request, or if the audio fails; an AbortError if it was cancelled
 */
export async function send(file, trackId, onProgress, { onSent, signal }) {
  const query = trackId === null ? '' : `?track_id=${encodeURIComponent(trackId)}`;
  const options = {
    method: 'POST',
    body: file,
    headers: {
      'Content-Type': MEDIA_TYPE.test(file.type) ? file.type : 'application/octet-stream',
      Prefer: `wait=${WAIT_SECONDS}`,
    },
    signal,
    onSent(bytes) {
      onSent(bytes);
      if (bytes === file.size) onProgress('Extracting.', 'sent');
    },
  };
  const attempt = () => {
    onProgress('Sending.', 'sending');
    onSent(0);
    return request(`/v1/audio${query}`, options);
  };
  const response = await retryWhileOverloaded(attempt, onProgress, signal);
  const extraction = await readJson(response);
  return response.status === 202 ? poll(response, extraction, onProgress) : extraction;
}

/** Retries while the server responds with 503, with backoff, and no sooner than the server asks for. */
async function retryWhileOverloaded(attempt, onProgress, signal) {
  for (let attempts = 1, backoff = DEFAULT_RETRY_SECONDS; ; attempts++, backoff *= 2) {
    try {
      return await attempt();
    } catch (problem) {
      if (problem.status !== 503 || attempts === MAX_ATTEMPTS) throw problem;
      const seconds = Math.max(backoff, problem.retryAfterSeconds ?? 0);
      onProgress(`${problem.message} Retrying in ${seconds} s.`, 'waiting');
      await sleep(seconds, signal);
    }
  }
}

async function poll(accepted, extraction, onProgress) {
  const location = accepted.headers.get('Location');
  if (!location) throw new Problem(502, { detail: 'The server accepted the file but gave no URL for its result.' });
  onProgress('Accepted. Waiting for the result.', 'sent');
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
