import { connection, isUnauthorized } from './api.js';

/**
 * Runs a task immediately and then periodically, never concurrently, while the page is visible and no token is missing.
 *
 * @param {number} seconds between the end of one and the start of the next
 * @param {() => Promise<void>} task its errors are ignored
 * @returns {() => void} runs the task immediately
 */
export function every(seconds, task) {
  let timer = 0;
  let busy = false;
  async function run() {
    clearTimeout(timer);
    if (busy || document.hidden || isUnauthorized()) return;
    busy = true;
    await task().catch(() => {});
    busy = false;
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(run, seconds * 1000);
  }
  document.addEventListener('visibilitychange', run);
  connection.addEventListener('token-set', run);
  run();
  return run;
}
