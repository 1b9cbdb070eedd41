// Labels that were saved in this tab, latest first: a slip can be corrected or taken away.

import { ask } from './api.js';
import { $, announce, complain, h } from './dom.js';

const maxKept = 100; // on the page; all are on the topic

export function forget() {
  $('labels-saved').replaceChildren();
  $('labels-saved-box').hidden = true;
}

/**
 * @param {{ id: string, text: string }} label As the service has taken it.
 * @param {(text: string) => Promise<object>} correct Saves it with another text.
 */
export function add(label, correct) {
  const list = $('labels-saved');
  list.prepend(row(label, correct));
  while (list.children.length > maxKept) list.lastElementChild.remove();
  $('labels-saved-box').hidden = false;
}

function row(label, correct) {
  const text = h('input', { value: label.text, 'aria-label': `Text of the label ${label.text}`, autocomplete: 'off' });
  const error = h('p', { className: 'error', role: 'alert', hidden: true });
  const [change, remove] = [h('button', { type: 'submit' }, 'Change'), h('button', { type: 'button' }, 'Remove')];
  const name = () => {
    change.setAttribute('aria-label', `Change the label ${label.text}`);
    remove.setAttribute('aria-label', `Remove the label ${label.text}`);
  };
  const element = h('li', {}, h('form', {
    className: 'bar',
    onsubmit: (event) => {
      event.preventDefault();
      act(async () => {
        label = await correct(text.value.trim());
        name();
        announce('The label is changed.');
      });
    },
  }, text, change, remove), error);
  remove.onclick = () => act(async () => {
    await ask(`admin/labels/${encodeURIComponent(label.id)}`, { method: 'DELETE' });
    const near = element.nextElementSibling ?? element.previousElementSibling;
    element.remove();
    announce('The label is removed.');
    $('labels-saved-box').hidden = near === null;
    (near?.querySelector('button') ?? $('labels-load')).focus();
  });
  name();
  return element;

  function act(what) {
    complain(error, null);
    return what().catch((e) => complain(error, e));
  }
}
