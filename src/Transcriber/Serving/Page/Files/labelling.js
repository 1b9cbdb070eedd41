// The minutes of the stream whose text teaches most: played, typed, sent as labels.

import { askJson, key, Refusal } from './api.js';
import { $, announce, choose, complain } from './dom.js';
import { Card } from './labelcard.js';
import * as saved from './savedlabels.js';

const minutes = 3; // shown at a time
const maxMinutes = 15; // that the service proposes at once
const chooseLimit = 60_000; // ms: the service itself waits 20 s for enough to choose from

let isHere = true; // false: this version of the service has no such path
let loading = null; // a promise, while it is under way
let isAsked = false;
let cards = [];
const skipped = new Map(); // seconds of each segment that is not shown again in this tab

export function start() {
  $('labels-load').onclick = load;
  $('labels-line').onchange = load;
  window.addEventListener('beforeunload', (event) => {
    if (cards.some((card) => card.isChanged)) event.preventDefault(); // the browser asks whether typed text is to be lost
  });
}

/**
 * Called when the service has said what the key opens, and what there is.
 * @param {string[] | null} lines Null: the key does not open the admin paths.
 * @param {{ total: number } | null} labels
 * @param {object | null} learning
 */
export function allow(lines, labels, learning) {
  if (!isHere) return;
  $('labels-closed').hidden = lines !== null;
  $('labels-open').hidden = lines === null;
  if (lines === null) {
    put([]); // voices stay with those who have the key
    saved.forget();
    return;
  }
  choose($('labels-line'), lines, 'ssl');
  $('labels-line-choice').hidden = lines.length < 2;
  const text = [labels === null ? '' : count(labels.total), learning === null ? '' : roundText(learning)].join(' ').trim();
  if ($('labels-count').textContent !== text) $('labels-count').textContent = text;
}

const count = (total) => (total === 0 ? 'The service has no labels yet.' : `The service has ${total} label${total === 1 ? '' : 's'}.`);

function roundText({ paused, who, round }) {
  if (paused) return `Learning is paused by ${who}.`;
  if (!round || round.ended) return '';
  return `It learns from them now: ${round.updates} of ${round.planned_updates} updates.`;
}

/** Whether somebody has looked at what can be labelled. */
export const isUsed = () => isAsked;

const isOpen = () => key.get() !== '' && !$('labels-open').hidden;
const chosen = () => $('labels-line').value || 'ssl';

/** One load at a time; whoever asks meanwhile waits for it. */
function load() {
  loading ??= loadAll().finally(() => { loading = null; });
  return loading;
}

/** Again, if the line or the key has changed by the time of the answer: it is not what is asked for now. */
async function loadAll() {
  isAsked = true;
  $('labels-none').hidden = true;
  $('labels-looking').hidden = false;
  $('labels-load').setAttribute('aria-busy', 'true');
  try {
    let isLatest = false;
    while (!isLatest && isOpen()) {
      complain($('labels-error'), null);
      const [line, used] = [chosen(), key.get()];
      const isStill = () => line === chosen() && used === key.get() && isOpen();
      await loadLine(line, isStill);
      isLatest = isStill();
    }
  } finally {
    $('labels-looking').hidden = true;
    $('labels-load').removeAttribute('aria-busy');
  }
}

async function loadLine(line, isStill) {
  try {
    const passed = [...skipped.values()].reduce((sum, seconds) => sum + seconds, 0) / 60; // it would be proposed again
    const asked = Math.min(maxMinutes, minutes + passed).toFixed(1);
    const found = (await askJson(`admin/labels/next?minutes=${asked}&line=${encodeURIComponent(line)}`, { wait: chooseLimit })).data;
    if (isStill()) show(found.filter((item) => !skipped.has(item.id) && !saved.has(item.id)), line);
  } catch (e) {
    if (e instanceof Refusal && e.status === 404) away();
    else if (isStill()) complain($('labels-error'), e);
  }
}

function away() {
  isHere = false;
  $('labels-open').hidden = true;
  $('labels-closed').hidden = true;
  $('labels-away').hidden = false;
}

/** What somebody has typed into and not saved, or saves now, stays, before the rest. */
function show(items, line) {
  const kept = cards.filter((card) => card.isChanged || card.isSaving);
  const named = $('labels-line-choice').hidden ? null : `for line ${line}`; // what is kept may be for another line
  const fresh = items.filter((item) => !kept.some((card) => card.item.id === item.id));
  put([...kept, ...fresh.map((item) => new Card(item, line, named, { heard, done, skip }))]);
  $('labels-load').textContent = 'Look again';
  $('labels-none').hidden = cards.length > 0;
  $('labels-hint').hidden = cards.length === 0;
  announce(cards.length === 0 ? 'There is nothing to label now.' : `${cards.length} pieces of speech can be labelled.`);
}

function put(next) {
  cards.filter((card) => !next.includes(card)).forEach((card) => card.forget());
  $('labels-list').append(...next.filter((card) => !cards.includes(card)).map((card) => card.element)); // what stays keeps the focus
  cards = next;
}

/** One at a time. */
function heard(card) {
  cards.filter((other) => other !== card).forEach((other) => other.silence());
}

function done(card, label) {
  if (key.get() === '') return undefined; // forgotten meanwhile: its texts are not shown to whoever comes next
  skipped.delete(card.item.id); // skipped while it was saved: it has a label now
  saved.add(label, card.item.id, card.line);
  announce('The label is saved. It is learnt from in the next round.');
  return leave(card);
}

function skip(card) {
  skipped.set(card.item.id, card.item.duration_seconds);
  return leave(card);
}

/** On to the next; after the last one, to what there is by now. */
async function leave(card) {
  const at = cards.indexOf(card);
  if (at < 0) return; // it was skipped while it was saved, or the key was forgotten
  const next = cards[at + 1] ?? cards[at - 1];
  card.forget();
  cards.splice(at, 1);
  if (next === undefined) await load();
  const target = next ?? cards[0];
  if (target) target.focus();
  else $('labels-load').focus();
}
