/** A number with fixed decimals; a dash if it is not finite. */
export const fixed = (value, decimals) => (Number.isFinite(value) ? value.toFixed(decimals) : '–');

export const integer = (value) => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–');

export const percent = (share, decimals = 0) =>
  (Number.isFinite(share) ? `${(share * 100).toFixed(decimals)} %` : '–');

/** A share in percent that shows 0 and 100 only if exact. */
export function shareText(share) {
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  return share < 1 && share >= 0.9995 ? '> 99.9 %' : percent(share, 1);
}

/** Three significant digits, without an exponent unless the number is very large or small. */
export function threeDigits(value) {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(1);
  if (size >= 100) return integer(value);
  return value.toPrecision(3);
}

/** Seconds as milliseconds, seconds, minutes or hours; in the next unit if the number is rounded up to it. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 0.9995) return `${(seconds * 1000).toFixed(seconds < 0.00995 ? 1 : 0)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`;
  return `${clock(seconds)} ${seconds < 3599.5 ? 'min' : 'h'}`;
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
  return count < 1023.5 * 1024 ? `${(count / 1024).toFixed(0)} KiB` : `${(count / 1024 ** 2).toFixed(1)} MiB`;
}

/** An RFC 3339 time in the browser's time zone, without the date if it is today. */
export function localTime(rfc3339) {
  const time = new Date(rfc3339);
  if (Number.isNaN(time.getTime())) return '–';
  const today = time.toDateString() === new Date().toDateString();
  const clockTime = time.toLocaleTimeString('en-GB');
  return today ? clockTime : `${time.toLocaleDateString('en-CA')} ${clockTime}`;
}

/** The label of a name, for example Predicted features for predicted_features. */
export const labelOf = (name) => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('_', ' ');

/** The label of a metric, for example Standardised Euclidean for standardised-euclidean. */
export const metricLabel = (metric) => labelOf(metric).replaceAll('-', ' ').replace('euclidean', 'Euclidean');
