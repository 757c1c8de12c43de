import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { openPage, textsOf } from './support/page.js';

let page;
let dom;
beforeEach(async () => {
  page = openPage();
  dom = await page.load('dom.js');
});

describe('an element', () => {
  it('has text as text, never as markup', () => {
    const element = dom.el('p', { title: '"<b>' }, '<img src=x onerror=alert(1)>');
    assert.equal(element.childElementCount, 0);
    assert.equal(element.outerHTML, '<p title="&quot;<b>">&lt;img src=x onerror=alert(1)&gt;</p>');
  });

  it('has nested children, without those that are absent', () => {
    const element = dom.el('p', {}, 'a', null, undefined, false, [dom.el('b', {}, 1), [0, '']], 'z');
    assert.equal(element.innerHTML, 'a<b>1</b>0z');
  });

  it('has boolean attributes, without those that are absent', () => assert.equal(
    dom.el('input', { disabled: true, required: false, id: null, class: undefined, size: 0 }).outerHTML,
    '<input disabled="" size="0">'));

  it('has listeners', () => {
    let clicks = 0;
    const button = dom.el('button', { onclick: () => clicks++ });
    button.click();
    assert.equal(clicks, 1);
    assert.equal(button.hasAttribute('onclick'), false);
  });

  it('of SVG is in its namespace', () => {
    const drawing = dom.svg('svg', { viewBox: '0 0 1 1' }, dom.svg('path', { d: 'M0 0' }));
    assert.equal(drawing.firstElementChild.namespaceURI, 'http://www.w3.org/2000/svg');
    assert.equal(drawing.getAttribute('viewBox'), '0 0 1 1');
  });
});

describe('the link to a track', () => {
  it('escapes the id', () => {
    const link = dom.trackLink('a/b #1 <x>');
    assert.equal(link.getAttribute('href'), '#/track/a%2Fb%20%231%20%3Cx%3E');
    assert.equal(link.textContent, 'a/b #1 <x>');
  });
});

describe('a share', () => {
  it('is a bar from 0 to 100 %', () => {
    const width = (share) => dom.shareBar(share).querySelector('.bar').getAttribute('width');
    assert.deepEqual([0, 0.5, 1, 1.2, -1].map(width), ['0%', '50%', '100%', '100%', '0%']);
  });
});

describe('a select', () => {
  it('has a label, the selected option, and reports a change', () => {
    const changes = [];
    const choice = dom.labelledSelect('Show', [['5', 'five'], ['10', 'ten']], '10', (value) => changes.push(value));
    document.body.replaceChildren(choice);
    const select = choice.querySelector('select');
    assert.equal(choice.querySelector('label').htmlFor, select.id);
    assert.equal(select.value, '10');
    select.value = '5';
    page.fire(select, 'change');
    assert.deepEqual(changes, ['5']);
  });

  it('has a unique id', () => {
    const ids = [1, 2].map(() => dom.labelledSelect('Show', [], '', () => {}).querySelector('select').id);
    assert.notEqual(ids[0], ids[1]);
  });
});

describe('a table', () => {
  it('has a caption, and heads of text or elements', () => {
    const table = dom.tableOf('Tracks', ['a', dom.el('th', { class: 'number' }, 'b')], [dom.el('tr')]);
    assert.deepEqual(textsOf(table, 'thead th'), ['a', 'b']);
    assert.deepEqual(textsOf(table, 'caption'), ['Tracks']);
    assert.equal(table.getAttribute('aria-label'), 'Tracks');
    assert.equal(table.getAttribute('tabindex'), '0');
  });
});
