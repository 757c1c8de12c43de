const settleImmediate = setImmediate;

/** Lets everything run that waits for no timer: promises, streams and the bodies of responses. */
export async function settle() {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => settleImmediate(resolve));
}

/** Timers and clocks that pass as fast as a test wants. Replaces the global ones. */
export class VirtualTime {
  #millis = 0;
  #timers = new Map();
  #lastTimer = 0;
  #start;

  /** @param {string} start the time of day, RFC 3339 */
  constructor(start = '2024-05-06T12:00:00Z') {
    this.#start = Date.parse(start);
    globalThis.setTimeout = (callback, millis = 0) => {
      this.#timers.set(++this.#lastTimer, { at: this.#millis + millis, callback });
      return this.#lastTimer;
    };
    globalThis.clearTimeout = (timer) => this.#timers.delete(timer);
    Date.now = () => this.#start + this.#millis;
    // A plain assignment fails in Node 18.
    Object.defineProperty(performance, 'now', { value: () => this.#millis, configurable: true });
  }

  get seconds() {
    return this.#millis / 1000;
  }

  /** Runs the timers of the next seconds in order, and what they cause. */
  async advance(seconds) {
    const end = this.#millis + Math.round(seconds * 1000);
    await settle();
    for (let next = this.#nextUntil(end); next; next = this.#nextUntil(end)) {
      const [timer, { at, callback }] = next;
      this.#timers.delete(timer);
      this.#millis = Math.max(this.#millis, at);
      callback();
      await settle();
    }
    this.#millis = end;
  }

  #nextUntil(end) {
    const due = [...this.#timers].filter(([, { at }]) => at <= end);
    return due.sort(([a, { at: atA }], [b, { at: atB }]) => atA - atB || a - b)[0];
  }
}
