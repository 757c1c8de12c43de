/**
 * Creates an element. Text is inserted as text, never as markup.
 *
 * @param {string} tag
 * @param {Object<string, any>} [attributes] on… are listeners, true is a boolean attribute, false and null are omitted
 * @param {...any} children nodes, text, or arrays of them; null and false are omitted
 */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Creates an SVG element. Sizes are attributes and colours are classes: the CSP forbids inline styles. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

/** Text for screen readers only. */
export const visuallyHidden = (text) => el('span', { class: 'visually-hidden' }, text);

export const byId = (id) => document.getElementById(id);

/** The URL of a track's view. */
export const trackHref = (id) => `#/track/${encodeURIComponent(id)}`;

export const trackLink = (id) => el('a', { href: trackHref(id), class: 'id', title: id }, id);

/** Creates a table that scrolls horizontally, so that the page does not. */
export function tableOf(caption, head, rows, attributes = {}) {
  const heads = head.map((cell) => (cell instanceof Node ? cell : el('th', { scope: 'col' }, cell)));
  return el('div', { class: 'scrolls', tabindex: 0, role: 'region', 'aria-label': caption },
    el('table', attributes,
      el('caption', { class: 'visually-hidden' }, caption),
      el('thead', {}, el('tr', {}, heads)),
      el('tbody', {}, rows)));
}

let selects = 0;

/** Creates a select with a label. @param {Array<[string, string]>} options value and text */
export function labelledSelect(label, options, selected, onchange) {
  const id = `select-${++selects}`;
  const select = el('select', { id, onchange: () => onchange(select.value) },
    options.map(([value, text]) => el('option', { value, selected: value === selected }, text)));
  return el('div', { class: 'choice' }, el('label', { for: id }, label), select);
}

/** A share as a bar, hidden from screen readers, which read the number next to it. @param {number} share 0 to 1 */
export const shareBar = (share) => svg('svg', { class: 'share', width: '100%', height: 10, 'aria-hidden': 'true' },
  svg('rect', { class: 'share-all', width: '100%', height: 10 }),
  svg('rect', { class: 'bar', width: `${Math.min(100, Math.max(0, share * 100))}%`, height: 10 }));
