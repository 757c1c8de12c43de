import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { brokenOff, disconnect, ok, openPage, problem } from './support/page.js';

let page;
let api;
let states;
beforeEach(async () => {
  page = openPage({ respond: () => ok({ a: 1 }) });
  api = await page.load('api.js');
  states = [];
  for (const state of ['disconnected', 'reconnected', 'unauthorized', 'token-set']) {
    api.connection.addEventListener(state, () => states.push(state));
  }
});

/** Returns the error of a request that must fail. */
const failure = (path = '/v1/status', options = {}) =>
  api.json(path, options).then(() => assert.fail('The request succeeded.'), (error) => error);

describe('a request', () => {
  it('returns the JSON of the response', async () => {
    assert.deepEqual(await api.json('/v1/status'), { a: 1 });
    assert.deepEqual(page.paths(), ['/v1/status']);
  });

  it('has no Authorization without a token, and keeps the headers of the caller', async () => {
    await api.request('/v1/events', { headers: { Accept: 'text/event-stream' } });
    const [{ headers }] = page.requests;
    assert.equal(headers.get('Authorization'), null);
    assert.equal(headers.get('Accept'), 'text/event-stream');
  });

  it('has the token of the tab', async () => {
    api.setToken('secret');
    await api.request('/v1/status', { headers: { Accept: 'text/plain' } });
    const [{ headers }] = page.requests;
    assert.equal(headers.get('Authorization'), 'Bearer secret');
    assert.equal(headers.get('Accept'), 'text/plain');
  });

  it('escapes the id of a track', () =>
    assert.equal(api.trackPath('a/b?c#ü', '/similar'), '/v1/tracks/a%2Fb%3Fc%23%C3%BC/similar'));
});

describe('an error response', () => {
  it('has the message, status and reason of the problem document', async () => {
    page.respond = () => problem(413, { title: 'Too large', detail: 'The body has 3 GB.', reason: 'too-large' });
    const error = await failure();
    assert.ok(error instanceof api.Problem);
    assert.equal(error.message, 'The body has 3 GB.');
    assert.equal(error.status, 413);
    assert.equal(error.reason, 'too-large');
    assert.equal(error.retryAfterSeconds, null);
  });

  it('has the title without a detail', async () => {
    page.respond = () => problem(404, { title: 'Not found' });
    assert.equal((await failure()).message, 'Not found');
  });

  it('has the status without a problem document', async () => {
    for (const body of ['<html>Bad gateway</html>', '', 'null', '[]', '"text"']) {
      page.respond = () => new Response(body, { status: 502 });
      const error = await failure();
      assert.equal(error.message, 'The server responded with status 502.', body);
      assert.equal(error.reason, null);
    }
  });

  it('has the seconds of Retry-After', async () => {
    page.respond = () => problem(503, {}, { 'Retry-After': '7' });
    assert.equal((await failure()).retryAfterSeconds, 7);
  });

  it('has no seconds if Retry-After is a date', async () => {
    page.respond = () => problem(503, {}, { 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' });
    assert.equal((await failure()).retryAfterSeconds, null);
  });

  it('does not mean that the server is unreachable', async () => {
    page.respond = () => problem(500);
    await failure();
    assert.deepEqual(states, []);
  });
});

describe('a failed connection', () => {
  it('is a problem with status 0, and reported once until the next response', async () => {
    page.respond = disconnect;
    const error = await failure();
    assert.ok(error instanceof api.Problem);
    assert.equal(error.status, 0);
    await failure();
    assert.deepEqual(states, ['disconnected']);
    page.respond = () => problem(404);
    await failure();
    await failure();
    assert.deepEqual(states, ['disconnected', 'reconnected']);
  });

  it('is reported if a request has timed out', async () => {
    page.respond = () => {
      throw new DOMException('The operation timed out.', 'TimeoutError');
    };
    assert.equal((await failure()).status, 0);
    assert.deepEqual(states, ['disconnected']);
  });

  it('is not reported for an upload, which a healthy server may reject so', async () => {
    page.respond = disconnect;
    assert.equal((await failure('/v1/audio', { method: 'POST' })).status, 0);
    assert.deepEqual(states, []);
  });

  it('is not one if the page has aborted the request', async () => {
    page.respond = () => {
      throw new DOMException('Aborted.', 'AbortError');
    };
    assert.equal((await failure()).name, 'AbortError');
    assert.deepEqual(states, []);
  });

  it('amid the body is a problem as well', async () => {
    page.respond = () => brokenOff();
    const error = await failure();
    assert.ok(error instanceof api.Problem, String(error));
    assert.equal(error.status, 0);
  });

  it('amid the body of an error keeps its status', async () => {
    page.respond = () => brokenOff(500);
    assert.equal((await failure()).status, 500);
  });
});

describe('the token', () => {
  it('is required after a 401', async () => {
    page.respond = () => problem(401);
    assert.equal(api.isUnauthorized(), false);
    await failure();
    assert.equal(api.isUnauthorized(), true);
    assert.deepEqual(states, ['unauthorized']);
  });

  it('is used once it is entered', async () => {
    page.respond = () => problem(401);
    await failure();
    api.setToken('secret');
    assert.equal(api.isUnauthorized(), false);
    assert.deepEqual(states, ['unauthorized', 'token-set']);
    page.respond = ({ headers }) => ok({ authorization: headers.get('Authorization') });
    assert.deepEqual(await api.json('/v1/status'), { authorization: 'Bearer secret' });
  });

  it('is required again if the server rejects it', async () => {
    api.setToken('wrong');
    page.respond = () => problem(401);
    await failure();
    assert.equal(api.isUnauthorized(), true);
  });

  it('is not required by the 401 of a request that was sent before it was entered', async () => {
    page.respond = () => {
      api.setToken('secret');
      return problem(401);
    };
    assert.equal((await failure()).status, 401);
    assert.equal(api.isUnauthorized(), false);
    assert.deepEqual(states, ['token-set']);
  });
});
