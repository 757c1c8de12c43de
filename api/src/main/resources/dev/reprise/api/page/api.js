import { transfer } from './transfer.js';

/** The key of the bearer token in the session storage, which is cleared when the tab is closed. */
const TOKEN_KEY = 'reprise-token';

/** An error response as a problem document (RFC 9457), or a failed connection (status 0). */
export class Problem extends Error {
  /** @param {{title?: string, detail?: string, reason?: string}} body */
  constructor(status, body, retryAfterSeconds = null) {
    super(body.detail || body.title || `The server responded with status ${status}.`);
    this.status = status;
    this.reason = body.reason ?? null;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Emits `disconnected`, `reconnected`, `unauthorized` (the server requires a token) and `token-set`. */
export const connection = new EventTarget();

let isDisconnected = false;
let unauthorized = false;

export const isUnauthorized = () => unauthorized;

export function setToken(token) {
  sessionStorage.setItem(TOKEN_KEY, token);
  unauthorized = false;
  connection.dispatchEvent(new Event('token-set'));
}

function setReachable(isReachable) {
  if (isDisconnected === !isReachable) return;
  isDisconnected = !isReachable;
  connection.dispatchEvent(new Event(isDisconnected ? 'disconnected' : 'reconnected'));
}

/**
 * Sends a request to the server.
 *
 * @param {string} path
 * @param {RequestInit & {onSent?: (bytes: number) => void}} [options] onSent is told how much of the body has been sent
 * @returns {Promise<Response>} a successful response
 * @throws {Problem} for any other response, or if the connection fails
 */
export async function request(path, options = {}) {
  const headers = new Headers(options.headers);
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (token) headers.set('Authorization', `Bearer ${token}`);
  let response;
  try {
    response = await (options.onSent
      ? transfer(path, { ...options, headers })
      : fetch(path, { cache: 'no-store', ...options, headers }));
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    // A server that rejects an upload may close the connection although it is healthy.
    if (!options.method) setReachable(false);
    throw new Problem(0, { detail: 'Cannot reach the server.' });
  }
  setReachable(true);
  if (response.ok) return response;
  // Unless the token was entered while this request was in flight.
  if (response.status === 401 && token === sessionStorage.getItem(TOKEN_KEY)) {
    unauthorized = true;
    connection.dispatchEvent(new Event('unauthorized'));
  }
  throw await readProblem(response);
}

/** @returns {Promise<any>} the JSON of the response */
export const json = async (path, options) => readJson(await request(path, options));

/** Reads the body of a response. @throws {Problem} if the connection fails before the end of the body */
export async function readJson(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { detail: 'The server’s response is incomplete.' });
  }
}

export const trackPath = (id, rest = '') => `/v1/tracks/${encodeURIComponent(id)}${rest}`;

/** Seconds of the Retry-After header; null if it is absent. */
export function retryAfter(response) {
  const seconds = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return Number.isNaN(seconds) ? null : seconds;
}

/** @param {AbortSignal} [signal] ends the wait with its reason, an AbortError */
export const sleep = (seconds, signal) => new Promise((resolve, reject) => {
  signal?.throwIfAborted();
  const timer = setTimeout(resolve, seconds * 1000);
  signal?.addEventListener('abort', () => {
    clearTimeout(timer);
    reject(signal.reason);
  }, { once: true });
});

async function readProblem(response) {
  const body = await response.json().catch(() => ({}));
  return new Problem(response.status, body ?? {}, retryAfter(response));
}
