/** Metrics are means over the last seconds, so that they are readable while they change. */
const WINDOW_SECONDS = 10;
/** A total that has decreased shows that the process has restarted, even if it has run for longer than before. */
const TOTALS = ['uptime_seconds', 'clips', 'tracks', 'decoded_audio_seconds'];

/**
 * Recent throughput and latency. Absent metrics are NaN.
 *
 * @typedef {{clips: number, tracks: number, audio: number, latency: number, queue: number, lag: number}} Metrics
 *   clips, tracks and seconds of audio per second; latency in seconds from event to prediction; queue time in seconds
 *   per clip; consumer lag in records
 */

/** Computes metrics from the differences between totals of GET /v1/status. */
export class StatusRates {
  #samples = [];

  /** @param {object} live Live of the API @returns {Metrics} */
  push(live) {
    const last = this.#samples.at(-1);
    if (last && TOTALS.some((name) => live[name] < last[name])) this.#samples = [];
    this.#samples.push(live);
    while (this.#samples.length > 2 && live.uptime_seconds - this.#samples[1].uptime_seconds >= WINDOW_SECONDS) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    const seconds = live.uptime_seconds - first.uptime_seconds;
    const increase = (name) => live[name] - first[name];
    const mean = (total, count) => (increase(count) > 0 ? increase(total) / increase(count) : NaN);
    const rate = (name) => (seconds > 0 ? increase(name) / seconds : NaN);
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

/** Computes metrics from predictions as they arrive, by this machine's clock. */
export class EventRates {
  #arrived = [];
  #start = performance.now();

  push(prediction) {
    const latency = Math.max(0, (Date.now() - Date.parse(prediction.event_time)) / 1000);
    const { clip_count: clips, duration_seconds: audio } = prediction;
    this.#arrived.push({ at: performance.now(), latency, clips, audio });
  }

  /** @returns {Metrics} */
  metrics() {
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
