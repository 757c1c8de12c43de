import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { byId, openPage, problem } from './support/page.js';

let page;
let api;
beforeEach(async () => {
  page = openPage({ respond: () => problem(401) });
  api = await page.load('api.js');
  (await page.load('token.js')).initTokenForm();
});

const request = () => api.request('/v1/status').catch(() => {});

function enter(token) {
  byId('token').value = token;
  return page.fire(byId('token-form'), 'submit');
}

describe('the prompt for the token', () => {
  it('is hidden until the server requires one', async () => {
    assert.equal(byId('token-form').hidden, true);
    await request();
    assert.equal(byId('token-form').hidden, false);
    assert.equal(byId('token-refused').hidden, true);
    assert.equal(document.activeElement, byId('token'));
  });

  it('sends the token without blanks, and forgets it', async () => {
    await request();
    assert.equal(enter(' secret\n').defaultPrevented, true);
    assert.equal(byId('token-form').hidden, true);
    assert.equal(byId('token').value, '');
    await request();
    assert.equal(page.requests.at(-1).headers.get('Authorization'), 'Bearer secret');
  });

  it('says that a token is rejected', async () => {
    await request();
    enter('wrong');
    await request();
    assert.equal(byId('token-form').hidden, false);
    assert.equal(byId('token-refused').hidden, false);
  });

  it('does not take the focus from a user who types', async () => {
    await request();
    byId('search').focus();
    await request();
    assert.equal(document.activeElement, byId('search'));
  });
});
