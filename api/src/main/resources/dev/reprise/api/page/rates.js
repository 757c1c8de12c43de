/** Figures are means over the latest seconds, so that they can be read while they change. */
const WINDOW_SECONDS = 10;

/**
 * What happened lately. Absent figures are NaN.
 *
 * @typedef {{clips: number, tracks: number, audio: number, latency: number, queue: number, lag: number}} Figures
 *   clips, tracks and seconds of audio per second; seconds from event to prediction; seconds that a clip waited for its
 *   batch; records that wait
 */

/** From the totals of GET /v1/status, two at a time. */
export class StatusRates {
  #samples = [];

  /** @param {object} live Live of the API @returns {Figures} */
  push(live) {
    const last = this.#samples.at(-1);
    if (last && live.uptime_seconds < last.uptime_seconds) this.#samples = [];
    this.#samples.push(live);
    while (this.#samples.length > 2 && live.uptime_seconds - this.#samples[1].uptime_seconds >= WINDOW_SECONDS) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    const seconds = live.uptime_seconds - first.uptime_seconds;
    const grown = (name) => live[name] - first[name];
    const mean = (total, count) => (grown(count) > 0 ? grown(total) / grown(count) : NaN);
    const rate = (name) => (seconds > 0 ? grown(name) / seconds : NaN);
    return {
      clips: rate('clips'),
      tracks: rate('tracks'),
      audio: rate('decoded_audio_seconds'),
      latency: mean('latency_seconds', 'tracks'),
      queue: mean('queue_seconds', 'clips'),
      lag: live.audio_files_lag + live.mfcc_lag,
    };
  }
}

/** From predictions as they arrive, by this machine's clock. */
export class EventRates {
  #arrived = [];
  #start = performance.now();

  push(prediction) {
    const latency = Math.max(0, (Date.now() - Date.parse(prediction.event_time)) / 1000);
    const { clip_count: clips, duration_seconds: audio } = prediction;
    this.#arrived.push({ at: performance.now(), latency, clips, audio });
  }

  /** @returns {Figures} */
  figures() {
    const now = performance.now();
    this.#arrived = this.#arrived.filter(({ at }) => now - at < WINDOW_SECONDS * 1000);
    const seconds = Math.max(1, Math.min(WINDOW_SECONDS, (now - this.#start) / 1000));
    const sum = (name) => this.#arrived.reduce((total, arrival) => total + arrival[name], 0);
    const tracks = this.#arrived.length;
    return {
      clips: sum('clips') / seconds,
      tracks: tracks / seconds,
      audio: sum('audio') / seconds,
      latency: tracks > 0 ? sum('latency') / tracks : NaN,
      queue: NaN,
      lag: NaN,
    };
  }
}
