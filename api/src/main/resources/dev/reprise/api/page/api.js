/** Where the bearer token is kept: for this tab, until it closes. */
const TOKEN = 'reprise-token';

/** The server's refusal as RFC 9457 says it, or a connection that failed (status 0). */
export class Problem extends Error {
  /** @param {{title?: string, detail?: string, reason?: string}} body */
  constructor(status, body, retryAfterSeconds = null) {
    super(body.detail || body.title || `The server answered ${status}.`);
    this.status = status;
    this.reason = body.reason ?? null;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Tells of `gone`, `back` (the server's absence), `locked` (a token is needed) and `unlocked`. */
export const connection = new EventTarget();

let gone = false;
let locked = false;

export const isLocked = () => locked;

export function unlock(token) {
  sessionStorage.setItem(TOKEN, token);
  locked = false;
  connection.dispatchEvent(new Event('unlocked'));
}

function reachable(yes) {
  if (gone === !yes) return;
  gone = !yes;
  connection.dispatchEvent(new Event(gone ? 'gone' : 'back'));
}

/**
 * Asks the server.
 *
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>} a success; everything else is thrown as a Problem
 */
export async function request(path, options = {}) {
  const headers = new Headers(options.headers);
  const token = sessionStorage.getItem(TOKEN);
  if (token) headers.set('Authorization', `Bearer ${token}`);
  let response;
  try {
    response = await fetch(path, { cache: 'no-store', ...options, headers });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    // A server that refuses an upload may close the connection and be well.
    if (!options.method) reachable(false);
    throw new Problem(0, { detail: 'The server does not answer.' });
  }
  reachable(true);
  if (response.ok) return response;
  // Not if the token was given while this was under way.
  if (response.status === 401 && token === sessionStorage.getItem(TOKEN)) {
    locked = true;
    connection.dispatchEvent(new Event('locked'));
  }
  throw await problemOf(response);
}

/** @returns {Promise<any>} the answer's JSON */
export const json = async (path, options) => (await request(path, options)).json();

export const trackPath = (id, rest = '') => `/v1/tracks/${encodeURIComponent(id)}${rest}`;

/** Seconds of a Retry-After header; null where there is none. */
export function retryAfter(response) {
  const seconds = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return Number.isNaN(seconds) ? null : seconds;
}

export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  return new Problem(response.status, body ?? {}, retryAfter(response));
}
