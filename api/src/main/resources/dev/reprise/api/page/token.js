import { connection, unlock } from './api.js';
import { byId } from './dom.js';

/** Asks for the bearer token when the server wants one. It is kept for this tab only. */
export function startToken() {
  const form = byId('token-form');
  const input = byId('token');
  let tried = false;
  connection.addEventListener('locked', () => {
    byId('token-refused').hidden = !tried;
    if (!form.hidden) return;
    form.hidden = false;
    input.focus();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    tried = true;
    form.hidden = true;
    unlock(input.value.trim());
    input.value = '';
  });
}
