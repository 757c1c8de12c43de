/**
 * Sends a request with a body, as fetch does, and reports how much of the body has been sent, as fetch does not.
 *
 * @param {string} path
 * @param {RequestInit & {headers: Headers, onSent: (bytes: number) => void}} options onSent is called again and again,
 *   at last with the size of the body
 * @returns {Promise<Response>}
 * @throws {TypeError} if the connection fails, or an AbortError
 */
export const transfer = (path, { method, headers, body, signal, onSent }) => new Promise((resolve, reject) => {
  const xhr = new XMLHttpRequest();
  xhr.open(method, path);
  headers.forEach((value, key) => xhr.setRequestHeader(key, value));
  xhr.upload.onprogress = ({ loaded }) => onSent(loaded);
  xhr.upload.onload = () => onSent(body.size);
  xhr.onload = () => resolve(
    new Response(xhr.responseText, { status: xhr.status, headers: headersOf(xhr.getAllResponseHeaders()) }));
  xhr.onerror = () => reject(new TypeError('The connection failed.'));
  xhr.onabort = () => reject(new DOMException('The request was cancelled.', 'AbortError'));
  if (signal?.aborted) {
    xhr.onabort();
    return;
  }
  signal?.addEventListener('abort', () => xhr.abort(), { once: true });
  xhr.send(body);
});

function headersOf(text) {
  const lines = text.split(/[\r\n]+/).filter((line) => line.includes(':'));
  return new Headers(lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }));
}
