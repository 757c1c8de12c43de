import { connection, isLocked } from './api.js';

/**
 * Runs a task now and then every so many seconds, one at a time, while the page is visible and no token is missing.
 *
 * @param {number} seconds between the end of one and the start of the next
 * @param {() => Promise<void>} task its errors are its own business
 * @returns {() => void} runs it at once
 */
export function every(seconds, task) {
  let timer = 0;
  let busy = false;
  async function run() {
    clearTimeout(timer);
    if (busy || document.hidden || isLocked()) return;
    busy = true;
    await task().catch(() => {});
    busy = false;
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(run, seconds * 1000);
  }
  document.addEventListener('visibilitychange', run);
  connection.addEventListener('unlocked', run);
  run();
  return run;
}
