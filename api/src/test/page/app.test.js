import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byId, disconnect, ok, openPage, textOf } from './support/page.js';

const STATUS = {
  version: '1.2.3', predicted_tracks: 1234, truth_tracks: 5, limits: { upload_bytes: 1024 ** 2 },
};

/** A server whose event stream is written by the test. */
class Server {
  #stream = null;
  extraction = 'x1';

  respond = ({ method, path }) => {
    if (method === 'POST') return ok({ track_id: 'up', extraction_id: this.extraction, status: 'predicted' });
    if (path === '/v1/events') {
      return new Response(new ReadableStream({ start: (controller) => (this.#stream = controller) }));
    }
    if (path === '/v1/status') return ok(STATUS);
    if (path.includes('/similar')) return ok({});
    const [, id] = /^\/v1\/tracks\/(.+)$/.exec(path) ?? [];
    if (!id) return ok({});
    const shown = { extraction_id: this.extraction, duration_seconds: 1 };
    return ok({ track_id: decodeURIComponent(id), prediction: shown });
  };

  send(event, data) {
    this.#stream.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }
}

async function start(hash = '') {
  const server = new Server();
  const page = openPage({ hash, respond: server.respond });
  await page.load('app.js');
  await page.time.advance(1);
  const requests = (path) => page.paths().filter((requested) => requested === path).length;
  return { page, server, requests };
}

const prediction = (id, extraction) =>
  ({ track_id: id, extraction_id: extraction, event_time: '2024-05-06T12:00:00Z', clip_count: 1, duration_seconds: 1 });

describe('the page', () => {
  it('shows the welcome view, the version and the totals', async () => {
    const { requests } = await start();
    assert.equal(textOf(byId('track-heading')), 'What does it sound like?');
    assert.equal(textOf(byId('version')), '1.2.3');
    assert.equal(textOf(byId('totals')), '1,234 tracks predicted, 5 with known values');
    assert.equal(textOf(byId('upload-limit')), 'up to 1.0 MiB each');
    assert.equal(textOf(byId('stream-state')), 'live');
    assert.deepEqual(['/v1/status', '/v1/drift', '/v1/dead-letters', '/v1/events'].map(requests), [1, 1, 1, 1]);
  });

  it('shows the track of the URL', async () => {
    const ids = { '#/track/a%2Fb': 'a/b', '#/track/a%20b': 'a b', '#/track/100%': '100%', '#/track/': 'What does' };
    for (const [hash, id] of Object.entries(ids)) {
      await start(hash);
      assert.ok(textOf(byId('track-heading')).startsWith(id), hash);
    }
  });

  it('shows a different track once the URL changes, with the focus on its heading', async () => {
    const { page } = await start('#/track/a');
    location.hash = '#/track/b';
    await page.time.advance(1);
    assert.equal(textOf(byId('track-heading')), 'b');
    assert.equal(document.activeElement, byId('track-heading'));
  });

  it('keeps the track when the user jumps to a section', async () => {
    const { page } = await start('#/track/a');
    document.querySelector('nav a[href="#drift"]').click();
    await page.time.advance(1);
    assert.equal(location.hash, '#/track/a');
    assert.equal(document.activeElement, byId('drift-heading'));
  });

  it('says that the server is unreachable, and shows the track again once it is not', async () => {
    const { page, server, requests } = await start('#/track/a');
    page.respond = disconnect;
    await page.time.advance(4);
    assert.equal(byId('disconnected').hidden, false);
    page.respond = server.respond;
    await page.time.advance(4);
    assert.equal(byId('disconnected').hidden, true);
    assert.equal(requests('/v1/tracks/a'), 2);
  });
});

describe('an event', () => {
  it('with a new prediction of the shown track reloads it once', async () => {
    const { page, server, requests } = await start('#/track/a');
    server.extraction = 'x2';
    server.send('prediction', prediction('a', 'x2'));
    await page.time.advance(1);
    assert.equal(requests('/v1/tracks/a'), 2);
    server.send('prediction', prediction('a', 'x2'));
    server.send('prediction', prediction('b', 'x3'));
    await page.time.advance(1);
    assert.equal(requests('/v1/tracks/a'), 2);
    assert.equal(byId('latest-rows').childElementCount, 3);
  });

  it('with the first prediction of all reloads the welcome view', async () => {
    const { page, server, requests } = await start();
    const before = requests('/v1/tracks?limit=24');
    server.send('prediction', prediction('a', 'x1'));
    await page.time.advance(1);
    assert.equal(requests('/v1/tracks?limit=24'), before + 1);
  });

  it('with a dead letter lists it', async () => {
    const { page, server } = await start();
    server.send('dead-letter', { source: 'audio-files-0-1', stage: 'decode', reason: 'no-audio', message: 'None.',
      time: '2024-05-06T12:00:00Z' });
    await page.time.advance(0);
    assert.match(textOf(byId('dead-letters-list')), /no-audio/);
  });

  it('that says that others were missed reloads the dead letters', async () => {
    const { page, server, requests } = await start();
    server.send('missed', { detail: 'Events were missed.' });
    await page.time.advance(0);
    assert.equal(textOf(byId('latest-missed')), 'Events were missed.');
    assert.equal(requests('/v1/dead-letters'), 2);
  });
});

describe('an upload', () => {
  it('opens the track, with the name of the file', async () => {
    const { page } = await start();
    const files = [{ name: 'song.mp3', size: 10, type: '' }];
    page.fire(document, 'drop', { dataTransfer: { types: ['Files'], files } });
    await page.time.advance(1);
    assert.equal(location.hash, '#/track/up');
    assert.match(textOf(byId('track').querySelector('.track-title')), /from song\.mp3/);
  });

  it('reloads the track that is already shown', async () => {
    const { page, server, requests } = await start('#/track/up');
    server.extraction = 'x2';
    page.fire(document, 'drop', { dataTransfer: { types: ['Files'], files: [{ name: 'a', size: 1, type: '' }] } });
    await page.time.advance(1);
    assert.equal(requests('/v1/tracks/up'), 2);
  });
});
