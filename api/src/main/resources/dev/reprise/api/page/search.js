import { Problem, json } from './api.js';
import { byId, el, trackHref } from './dom.js';

const LISTED = 20;
const TYPING_MILLISECONDS = 150;

/** The search field: a combobox with a list, as the ARIA Authoring Practices have it. */
export function startSearch() {
  const input = byId('search');
  const list = byId('search-list');
  const count = byId('search-count');
  let active = -1;
  let timer = 0;
  let latest = 0;

  const open = (yes) => {
    list.hidden = !yes;
    input.setAttribute('aria-expanded', String(yes));
    if (!yes) activate(-1);
  };

  function activate(index) {
    active = index;
    [...list.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === index)));
    const option = list.children[index];
    if (option) {
      input.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  }

  function go(id) {
    latest++;
    clearTimeout(timer);
    input.value = '';
    count.textContent = '';
    open(false);
    location.hash = trackHref(id);
  }

  async function load() {
    const call = ++latest;
    const query = new URLSearchParams({ prefix: input.value, limit: String(LISTED) });
    const found = await json(`/v1/tracks?${query}`).catch((problem) => {
      if (!(problem instanceof Problem)) throw problem;
      return null;
    });
    if (call !== latest || document.activeElement !== input) return;
    const { tracks = [] } = found ?? {};
    list.replaceChildren(...tracks.map((track, i) => option(track, i, go)));
    activate(-1);
    open(tracks.length > 0);
    count.textContent = found === null ? 'The search failed.' : said(tracks.length, input.value);
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(load, TYPING_MILLISECONDS);
  };

  input.addEventListener('input', soon);
  input.addEventListener('focus', soon);
  input.addEventListener('blur', () => open(false));
  input.addEventListener('keydown', (event) => {
    const last = list.children.length - 1;
    const step = { ArrowDown: active < last ? active + 1 : 0, ArrowUp: active > 0 ? active - 1 : last }[event.key];
    if (step !== undefined && last >= 0) {
      open(true);
      activate(step);
      event.preventDefault();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const id = list.children[active]?.dataset.id ?? input.value;
      if (id) go(id);
    } else if (event.key === 'Escape') {
      if (list.hidden) input.value = '';
      open(false);
    }
  });
}

function option(track, index, go) {
  const element = el('li', { role: 'option', id: `found-${index}`, 'aria-selected': 'false' },
    el('span', { class: 'id' }, track.track_id),
    el('span', { class: 'unit' },
      track.predicted ? (track.truth ? 'with Echo Nest’s values' : '') : 'not predicted'));
  element.dataset.id = track.track_id;
  // Before the field loses its focus, which closes the list.
  element.addEventListener('mousedown', (event) => {
    event.preventDefault();
    go(track.track_id);
  });
  return element;
}

function said(found, typed) {
  if (found > 0) return found === LISTED ? `The first ${LISTED} tracks.` : `${found} track${found === 1 ? '' : 's'}.`;
  return typed ? 'No track’s id begins so.' : 'No tracks yet. Drop an audio file.';
}
