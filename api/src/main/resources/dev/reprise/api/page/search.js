import { Problem, json } from './api.js';
import { byId, el, trackHref } from './dom.js';

const MAX_RESULTS = 20;
const DEBOUNCE_MILLISECONDS = 150;

/** Starts the search field: a combobox with a list box, by the ARIA Authoring Practices Guide. */
export function startSearch() {
  const input = byId('search');
  const list = byId('search-list');
  const count = byId('search-count');
  let active = -1;
  let timer = 0;
  let latest = 0;

  const setOpen = (isOpen) => {
    list.hidden = !isOpen;
    input.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) activate(-1);
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

  function openTrack(id) {
    latest++;
    clearTimeout(timer);
    input.value = '';
    count.textContent = '';
    setOpen(false);
    location.hash = trackHref(id);
  }

  async function load() {
    const call = ++latest;
    const query = new URLSearchParams({ prefix: input.value, limit: String(MAX_RESULTS) });
    const found = await json(`/v1/tracks?${query}`).catch((problem) => {
      if (!(problem instanceof Problem)) throw problem;
      return null;
    });
    if (call !== latest || document.activeElement !== input) return;
    const { tracks = [] } = found ?? {};
    list.replaceChildren(...tracks.map((track, i) => createOption(track, i, openTrack)));
    activate(-1);
    setOpen(tracks.length > 0);
    count.textContent = found === null ? 'The search failed.' : countText(tracks.length, input.value);
  }

  const scheduleLoad = () => {
    clearTimeout(timer);
    timer = setTimeout(load, DEBOUNCE_MILLISECONDS);
  };

  input.addEventListener('input', scheduleLoad);
  input.addEventListener('focus', scheduleLoad);
  input.addEventListener('blur', () => setOpen(false));
  input.addEventListener('keydown', (event) => {
    const last = list.children.length - 1;
    const step = { ArrowDown: active < last ? active + 1 : 0, ArrowUp: active > 0 ? active - 1 : last }[event.key];
    if (step !== undefined && last >= 0) {
      setOpen(true);
      activate(step);
      event.preventDefault();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const id = list.children[active]?.dataset.id ?? input.value;
      if (id) openTrack(id);
    } else if (event.key === 'Escape') {
      if (list.hidden) input.value = '';
      setOpen(false);
    }
  });
}

function createOption(track, index, openTrack) {
  const element = el('li', { role: 'option', id: `found-${index}`, 'aria-selected': 'false' },
    el('span', { class: 'id' }, track.track_id),
    el('span', { class: 'unit' },
      track.predicted ? (track.truth ? 'with Echo Nest values' : '') : 'not predicted'));
  element.dataset.id = track.track_id;
  // On mousedown, as the list closes once the field loses its focus.
  element.addEventListener('mousedown', (event) => {
    event.preventDefault();
    openTrack(track.track_id);
  });
  return element;
}

function countText(found, prefix) {
  if (found === MAX_RESULTS) return `The first ${MAX_RESULTS} tracks.`;
  if (found > 0) return `${found} track${found === 1 ? '' : 's'}.`;
  return prefix ? 'No track id starts with this.' : 'No tracks yet. Drop an audio file.';
}
