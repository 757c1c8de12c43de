/**
 * Makes an element. Text goes in as text, never as markup.
 *
 * @param {string} tag
 * @param {Object<string, any>} [attributes] on… are listeners, true is a bare attribute, false and null are left out
 * @param {...any} children nodes, text, arrays of them; null is left out
 */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. Sizes are attributes, colours are classes: the policy allows no inline style. */
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

/** Text for screen readers alone. */
export const unseen = (text) => el('span', { class: 'unseen' }, text);

export const byId = (id) => document.getElementById(id);

/** The link to a track's view. */
export const trackHref = (id) => `#/track/${encodeURIComponent(id)}`;

export const trackLink = (id) => el('a', { href: trackHref(id), class: 'id', title: id }, id);

/** A table that may scroll sideways by itself, so that the page need not. */
export function tableOf(caption, head, rows, attributes = {}) {
  const heads = head.map((cell) => (cell instanceof Node ? cell : el('th', { scope: 'col' }, cell)));
  return el('div', { class: 'scrolls', tabindex: 0, role: 'region', 'aria-label': caption },
    el('table', attributes,
      el('caption', { class: 'unseen' }, caption),
      el('thead', {}, el('tr', {}, heads)),
      el('tbody', {}, rows)));
}

let choices = 0;

/** A labelled choice. @param {Array<[string, string]>} options value and text */
export function choice(label, options, chosen, onchange) {
  const id = `choice-${++choices}`;
  const select = el('select', { id, onchange: () => onchange(select.value) },
    options.map(([value, text]) => el('option', { value, selected: value === chosen }, text)));
  return el('div', { class: 'choice' }, el('label', { for: id }, label), select);
}

/** A share as a bar; the number beside it is for whoever does not see it. @param {number} share 0 to 1 */
export const shareBar = (share) => svg('svg', { class: 'share', width: '100%', height: 10, 'aria-hidden': 'true' },
  svg('rect', { class: 'share-all', width: '100%', height: 10 }),
  svg('rect', { class: 'bar', width: `${Math.min(100, Math.max(0, share * 100))}%`, height: 10 }));
