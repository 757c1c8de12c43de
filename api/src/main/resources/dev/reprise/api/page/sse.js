/** Parses text/event-stream. The browser's EventSource cannot send a bearer token. */
export class EventParser {
  #rest = '';
  #event = '';
  #data = [];

  /** The id of the last complete event, to resume from. */
  lastId = null;
  #id = null;

  /**
   * @param {string} text the next chunk, split anywhere
   * @returns {Array<{event: string, data: string}>} the events that it completes
   */
  push(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    return lines.map((line) => this.#line(line)).filter((event) => event !== null);
  }

  #line(line) {
    if (line === '') return this.#finish();
    if (line.startsWith(':')) return null;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    if (field === 'data') this.#data.push(value);
    if (field === 'id') this.#id = value;
    return null;
  }

  #finish() {
    const event = { event: this.#event || 'message', data: this.#data.join('\n') };
    const empty = this.#data.length === 0;
    this.#event = '';
    this.#data = [];
    this.lastId = this.#id;
    return empty ? null : event;
  }
}
