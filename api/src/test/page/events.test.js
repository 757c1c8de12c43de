import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { disconnect, openPage, problem } from './support/page.js';

let page;
let events;
let states;
/** The latest stream that the server has opened. */
let stream;

beforeEach(() => {
  page = openPage({ respond: openStream });
  events = [];
  states = [];
  // The jitter is 0.75 to 1.25; this makes it 1.
  Math.random = () => 0.5;
});

function openStream({ signal }) {
  const opened = {};
  stream = opened;
  return new Response(new ReadableStream({
    start(controller) {
      opened.write = async (text) => {
        controller.enqueue(typeof text === 'string' ? new TextEncoder().encode(text) : text);
        await page.time.advance(0);
      };
      opened.end = async () => {
        controller.close();
        await page.time.advance(0);
      };
      signal.addEventListener('abort', () => {
        opened.aborted = true;
        controller.error(signal.reason);
      });
    },
  }));
}

async function follow() {
  const { followEvents } = await page.load('events.js');
  followEvents((event, data) => events.push([event, data]), (state) => states.push(state));
  await page.time.advance(0);
}

describe('the event stream', () => {
  it('is requested as one, and passes events with their data parsed', async () => {
    await follow();
    await stream.write('id: 1\nevent: prediction\ndata: {"track_id": "a"}\n\n');
    assert.deepEqual(page.paths(), ['/v1/events']);
    assert.equal(page.requests[0].headers.get('Accept'), 'text/event-stream');
    assert.equal(page.requests[0].headers.get('Last-Event-ID'), null);
    assert.deepEqual(events, [['prediction', { track_id: 'a' }]]);
    assert.deepEqual(states, ['live']);
  });

  it('may be cut amid a character', async () => {
    await follow();
    const bytes = new TextEncoder().encode('data: "ü"\n\n');
    await stream.write(bytes.slice(0, 8));
    await stream.write(bytes.slice(8));
    assert.deepEqual(events, [['message', 'ü']]);
  });

  it('resumes after the last complete event', async () => {
    await follow();
    await stream.write('id: 0-7\ndata: 1\n\nid: 0-8\ndata: ');
    await stream.end();
    await page.time.advance(1);
    assert.equal(page.requests.length, 2);
    assert.equal(page.requests[1].headers.get('Last-Event-ID'), '0-7');
    await stream.write('id: 0-8\ndata: 2\n\n');
    assert.deepEqual(events, [['message', 1], ['message', 2]]);
    assert.deepEqual(states, ['live', 'reconnecting', 'live']);
  });

  it('resumes there even if the next connection brought no event', async () => {
    await follow();
    await stream.write('id: 7\ndata: 1\n\n');
    await stream.end();
    await page.time.advance(1);
    await stream.write(': comment\n\n');
    await stream.end();
    await page.time.advance(1);
    assert.equal(page.requests[2].headers.get('Last-Event-ID'), '7');
  });

  it('is reopened after 45 s of silence', async () => {
    await follow();
    await page.time.advance(44);
    await stream.write(': comment\n\n');
    await page.time.advance(44);
    assert.equal(stream.aborted, undefined);
    await page.time.advance(1);
    assert.equal(stream.aborted, true);
    await page.time.advance(1);
    assert.equal(page.requests.length, 2);
  });
});

describe('the backoff', () => {
  /** Returns the seconds at which requests were sent. */
  async function requestTimes(seconds) {
    const times = [];
    const { respond } = page;
    page.respond = (request) => {
      times.push(page.time.seconds);
      return respond(request);
    };
    await follow();
    await page.time.advance(seconds);
    return times;
  }

  it('doubles up to 30 s', async () => {
    page.respond = disconnect;
    assert.deepEqual(await requestTimes(100), [0, 1, 3, 7, 15, 31, 61, 91]);
    assert.equal(states[0], 'Cannot reach the server.');
  });

  it('begins again after a connection', async () => {
    page.respond = disconnect;
    await requestTimes(10);
    page.respond = openStream;
    await page.time.advance(10);
    const before = page.requests.length;
    await stream.end();
    await page.time.advance(1);
    assert.equal(page.requests.length, before + 1);
  });

  it('is randomised by a quarter', async () => {
    page.respond = disconnect;
    Math.random = () => 0;
    assert.deepEqual(await requestTimes(4), [0, 0.75, 2.25]);
  });

  it('is at least Retry-After', async () => {
    page.respond = () => problem(503, { detail: 'Too many readers.' }, { 'Retry-After': '8' });
    Math.random = () => 0;
    assert.deepEqual(await requestTimes(8), [0, 8]);
    assert.equal(states[0], 'Too many readers.');
  });
});

describe('a page that is not visible', () => {
  it('closes the stream, and resumes when it is visible again', async () => {
    await follow();
    await stream.write('id: 7\ndata: 1\n\n');
    page.setHidden(true);
    assert.equal(stream.aborted, true);
    await page.time.advance(60);
    assert.equal(page.requests.length, 1);
    assert.deepEqual(states, ['live', 'paused']);
    page.setHidden(false);
    await page.time.advance(0);
    assert.equal(page.requests[1].headers.get('Last-Event-ID'), '7');
    assert.deepEqual(states, ['live', 'paused', 'live']);
  });

  it('has one stream even if it was hidden during a backoff', async () => {
    page.respond = disconnect;
    await follow();
    page.setHidden(true);
    page.setHidden(false);
    page.respond = openStream;
    await page.time.advance(60);
    assert.equal(page.requests.length, 2 + 1, 'one failed, one timed out by silence, one reopened');
  });

  it('does not open a stream', async () => {
    page.setHidden(true);
    await follow();
    assert.equal(page.requests.length, 0);
  });
});

describe('a server that requires a token', () => {
  it('is asked again once the token is entered', async () => {
    page.respond = () => problem(401);
    await follow();
    await page.time.advance(60);
    assert.equal(page.requests.length, 1);
    assert.deepEqual(states, ['paused']);
    page.respond = openStream;
    (await page.load('api.js')).setToken('secret');
    await page.time.advance(0);
    assert.equal(page.requests[1].headers.get('Authorization'), 'Bearer secret');
    assert.deepEqual(states, ['paused', 'live']);
  });
});
