import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { JSDOM } from 'jsdom';
import { VirtualTime } from './time.js';

const PAGE = fileURLToPath(new URL('../../../main/resources/dev/reprise/api/page/', import.meta.url));
const HTML = readFileSync(join(PAGE, 'index.html'), 'utf8');

const copies = mkdtempSync(join(tmpdir(), 'reprise-page-'));
process.on('exit', () => rmSync(copies, { recursive: true, force: true }));
let pages = 0;

/**
 * Copies the page's scripts, so that each page has modules with their own state. Beside them is a package.json, without
 * which Node 18 takes them for CommonJS.
 *
 * @returns {(name: string) => Promise<object>} imports a module by its file name
 */
export function copyScripts() {
  const copy = join(copies, String(++pages));
  cpSync(PAGE, copy, { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{"type": "module"}');
  return (name) => import(pathToFileURL(join(copy, name)).href);
}

/** Imports a module that needs neither a document nor a server. */
export const load = copyScripts();

/**
 * Opens index.html without running its scripts, with virtual time and a server that the test supplies.
 *
 * @param {{hash?: string, respond?: (request: {method: string, path: string, headers: Headers, body: any, signal:
 *   AbortSignal}) => Response}} [options] respond may be replaced later, may be asynchronous, and may throw
 */
export function openPage({ hash = '', respond = () => problem(404) } = {}) {
  const { window } = new JSDOM(HTML, { url: `http://reprise.test/${hash}`, pretendToBeVisual: true });
  const page = {
    load: copyScripts(),
    time: new VirtualTime(),
    requests: [],
    respond,
    /** The paths of the requests, without POST's method. */
    paths: () => page.requests.map(({ path }) => path),
    setHidden(hidden) {
      Object.defineProperty(window.document, 'hidden', { value: hidden, configurable: true });
      window.document.dispatchEvent(new window.Event('visibilitychange'));
    },
    /** Dispatches an event that bubbles. @param {object} [properties] of the event */
    fire(target, type, properties = {}) {
      const event = new window.Event(type, { bubbles: true, cancelable: true });
      for (const [name, value] of Object.entries(properties)) Object.defineProperty(event, name, { value });
      target.dispatchEvent(event);
      return event;
    },
  };
  window.Element.prototype.scrollIntoView = () => {};
  setGlobals({
    window,
    document: window.document,
    location: window.location,
    sessionStorage: window.sessionStorage,
    Node: window.Node,
    XMLHttpRequest: xhrOf(page),
    fetch: async (path, { method = 'GET', headers, body, signal } = {}) => {
      const request = { method, path, headers: new Headers(headers), body, signal };
      page.requests.push(request);
      return page.respond(request);
    },
  });
  // Of Node 20, for Node 18.
  Array.prototype.toReversed ??= function toReversed() {
    return [...this].reverse();
  };
  return page;
}

/**
 * An XMLHttpRequest whose requests are answered like those of fetch. They have in addition `sent`, which reports
 * progress, and `aborted`. The body counts as sent when the response arrives.
 */
const xhrOf = (page) => class {
  upload = {};
  status = 0;
  responseText = '';
  #request;
  #headers = new Headers();

  open(method, path) {
    const sent = (loaded) => this.upload.onprogress({ loaded });
    this.#request = { method, path, headers: new Headers(), aborted: false, sent };
  }

  setRequestHeader(name, value) {
    this.#request.headers.set(name, value);
  }

  getAllResponseHeaders() {
    return [...this.#headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }

  abort() {
    this.#request.aborted = true;
    this.onabort();
  }

  async send(body) {
    this.#request.body = body;
    page.requests.push(this.#request);
    try {
      const response = await page.respond(this.#request);
      if (this.#request.aborted) return;
      this.upload.onload();
      this.status = response.status;
      this.#headers = response.headers;
      this.responseText = await response.text();
    } catch {
      this.onerror();
      return;
    }
    this.onload();
  }
};

function setGlobals(values) {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

export const byId = (id) => document.getElementById(id);

/** The text of an element, with the spaces of a line. */
export const textOf = (element) => element.textContent.replace(/\s+/g, ' ').trim();

/** The texts of all elements that match a selector. */
export const textsOf = (element, selector) => [...element.querySelectorAll(selector)].map(textOf);

export const ok = (body, { status = 200, headers = {} } = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });

/** A problem document. */
export const problem = (status, body = {}, headers = {}) =>
  new Response(JSON.stringify({ status, ...body }), {
    status, headers: { 'Content-Type': 'application/problem+json', ...headers },
  });

/** A failed connection, as fetch reports it. */
export function disconnect() {
  throw new TypeError('fetch failed');
}

/** A response that ends amid its body. */
export const brokenOff = (status = 200) => new Response(new ReadableStream({
  start(controller) {
    controller.enqueue(new TextEncoder().encode('{"status": '));
    controller.error(new TypeError('terminated'));
  },
}), { status });
