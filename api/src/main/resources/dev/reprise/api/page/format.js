/** A number with so many decimals; a dash where there is none. */
export const fixed = (value, decimals) => (Number.isFinite(value) ? value.toFixed(decimals) : '–');

export const whole = (value) => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–');

export const percent = (share, decimals = 0) =>
  (Number.isFinite(share) ? `${(share * 100).toFixed(decimals)} %` : '–');

/** A share in percent that says 0 and 100 only where it is. */
export function shareText(share) {
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  return share < 1 && share >= 0.9995 ? '> 99.9 %' : percent(share, 1);
}

/** Three significant digits, without exponents where that is readable. */
export function short(value) {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(1);
  if (size >= 100) return whole(value);
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(size))));
}

/** Seconds as milliseconds, seconds, minutes or hours, whatever is readable. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 1) return `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  return seconds < 3600 ? clock(seconds) + ' min' : clock(seconds) + ' h';
}

/** Seconds as 1:05 or 1:01:05. */
export function clock(seconds) {
  const all = Math.round(seconds);
  const two = (n) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

export function bytes(count) {
  if (count < 1024) return `${count} bytes`;
  return count < 1024 ** 2 ? `${(count / 1024).toFixed(0)} KiB` : `${(count / 1024 ** 2).toFixed(1)} MiB`;
}

/** An RFC 3339 time in the reader's zone: the time alone today, with the date otherwise. */
export function moment(rfc3339) {
  const time = new Date(rfc3339);
  if (Number.isNaN(time.getTime())) return '–';
  const today = time.toDateString() === new Date().toDateString();
  const clockTime = time.toLocaleTimeString('en-GB');
  return today ? clockTime : `${time.toLocaleDateString('en-CA')} ${clockTime}`;
}

/** predicted_features as Predicted features. */
export const words = (name) => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('_', ' ');

/** standardised-euclidean as Standardised Euclidean. */
export const metricWords = (metric) => words(metric).replaceAll('-', ' ').replace('euclidean', 'Euclidean');
