// The minutes of the stream whose text teaches most: played, typed, sent as labels.

import { ask, askJson, form, Refusal, sentence } from './api.js';
import { $, announce, complain, duration, h } from './dom.js';

const minutes = 3;
const chooseLimit = 60_000; // ms: the service itself waits 20 s for enough to choose from

let isHere = true; // false: this version of the service has no such path
let isLoading = false;
let playing = []; // addresses of recordings, given back when the list is replaced

export function start() {
  $('labels-load').onclick = load;
}

/** Called when the key opens the admin paths, or no longer does. */
export function allow(isAdmin) {
  if (!isHere) return;
  $('labels-closed').hidden = isAdmin;
  $('labels-open').hidden = !isAdmin;
}

async function load() {
  if (isLoading) return;
  isLoading = true;
  complain($('labels-error'), null);
  try {
    show((await askJson(`admin/labels/next?minutes=${minutes}`, { wait: chooseLimit })).data);
  } catch (e) {
    if (e instanceof Refusal && e.status === 404) away();
    else complain($('labels-error'), e);
  } finally {
    isLoading = false;
  }
}

function away() {
  isHere = false;
  $('labels-open').hidden = true;
  $('labels-closed').hidden = true;
  $('labels-away').hidden = false;
}

function show(items) {
  playing.forEach((url) => URL.revokeObjectURL(url));
  playing = [];
  $('labels-load').textContent = 'Look again';
  $('labels-none').hidden = items.length > 0;
  $('labels-list').replaceChildren(...items.map(card));
  announce(items.length === 0 ? 'There is nothing to label yet.' : `${items.length} pieces of speech can be labelled.`);
}

function card(item, index) {
  const id = `label-${index}`;
  const player = h('audio', { controls: true, preload: 'none', 'aria-label': `Recording ${index + 1}` });
  const listen = h('button', { type: 'button', 'aria-label': `Listen to recording ${index + 1}` }, 'Listen');
  const text = h('textarea', { id, rows: 2, spellcheck: true, value: item.text ?? '', 'aria-describedby': `${id}-why` });
  const [error, save] = [h('p', { className: 'error', role: 'alert', hidden: true }), h('button', { type: 'submit' }, 'Save the label')];
  player.hidden = true;
  listen.onclick = () => hear(item, player, listen).catch((e) => complain(error, e));
  const element = h('li', {}, h('form', {
    className: 'label',
    onsubmit: (event) => {
      event.preventDefault();
      send(item, text.value, element, save).catch((e) => complain(error, e));
    },
  }, h('div', { className: 'bar' }, listen, player, h('span', { className: 'note', id: `${id}-why` }, about(item))),
  h('label', { htmlFor: id }, `What is said in recording ${index + 1}?`), text, h('div', { className: 'bar' }, save), error));
  return element;
}

const about = (item) => `${duration(item.duration_seconds)}${item.reason ? `. ${sentence(item.reason)}` : ''}`;

/** The recording needs the key, which an audio element cannot send: so it is fetched. */
async function hear(item, player, listen) {
  if (!player.src) {
    listen.disabled = true;
    try {
      const url = URL.createObjectURL(await (await ask(relative(item.audio_url))).blob());
      playing.push(url);
      player.src = url;
    } finally {
      listen.disabled = false;
    }
  }
  player.hidden = false;
  listen.hidden = true;
  player.focus();
  await player.play();
}

/** Of this service alone: the key goes nowhere else. */
function relative(url) {
  const target = new URL(url, document.baseURI);
  if (target.origin !== location.origin) throw new Error('The recording is not on this service.');
  return url.startsWith('/') ? url.slice(1) : url;
}

async function send(item, text, element, save) {
  if (text.trim() === '') throw new Error('Type what is said first.');
  save.disabled = true;
  try {
    await ask('admin/labels', { method: 'POST', body: form({ segment: item.id, text: text.trim() }) });
  } finally {
    save.disabled = false;
  }
  const next = element.nextElementSibling ?? element.previousElementSibling;
  element.remove();
  announce('The label is saved. It is learnt from in the next round.');
  if (next === null) await load();
  (next?.querySelector('textarea') ?? $('labels-load')).focus();
}
