// Labels that were saved in this tab, latest first: a slip can be corrected or taken away.

import { ask, askJson, form, Refusal } from './api.js';
import { $, announce, complain, h } from './dom.js';

const maxKept = 100; // on the page; all are on the topic

const segments = new Set(); // that these labels are of

/** Whether a segment has been saved from this tab, and its label not removed. */
export const has = (segment) => segments.has(segment);

export function forget() {
  segments.clear();
  $('labels-saved').replaceChildren();
  $('labels-saved-box').hidden = true;
}

/**
 * @param {{ id: string, text: string }} label As the service has taken it.
 * @param {string} segment Id of the segment that it is of.
 * @param {string} line
 */
export function add(label, segment, line) {
  const list = $('labels-saved');
  segments.add(segment);
  list.prepend(row(label, segment, line));
  while (list.children.length > maxKept) list.lastElementChild.remove();
  $('labels-saved-box').hidden = false;
}

/**
 * By the label's id: its audio stays with it when the stream no longer holds the segment. A label that the tuner has not listed yet, or
 * whose message was replaced a moment ago, has no such audio: the segment has.
 */
async function correct(id, segment, line, text) {
  try {
    return await askJson('admin/labels', { method: 'POST', body: JSON.stringify({ id, text }) });
  } catch (e) {
    if (!(e instanceof Refusal) || e.status !== 404) throw e;
    return askJson('admin/labels', { method: 'POST', body: form({ segment, id, text, line }) });
  }
}

function row(label, segment, line) {
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
        label = await correct(label.id, segment, line, text.value.trim());
        name();
        announce('The label is changed.');
      });
    },
  }, text, change, remove), error);
  remove.onclick = () => act(async () => {
    await ask(`admin/labels/${encodeURIComponent(label.id)}`, { method: 'DELETE' });
    segments.delete(segment); // it may be proposed again
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
