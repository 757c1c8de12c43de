import { connection, setToken } from './api.js';
import { byId } from './dom.js';

/** Prompts for the bearer token if the server requires one. The token is stored for this tab only. */
export function initTokenForm() {
  const form = byId('token-form');
  const input = byId('token');
  let hasTried = false;
  connection.addEventListener('unauthorized', () => {
    byId('token-refused').hidden = !hasTried;
    if (!form.hidden) return;
    form.hidden = false;
    input.focus();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    hasTried = true;
    form.hidden = true;
    setToken(input.value.trim());
    input.value = '';
  });
}
