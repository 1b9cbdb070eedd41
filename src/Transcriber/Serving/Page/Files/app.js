// Puts the parts together: the key, what the service has, and asking again while somebody looks.

import { askJson, key, Refusal } from './api.js';
import { $, announce, complain, duration, fill, h } from './dom.js';
import * as labelling from './labelling.js';
import * as learning from './learning.js';
import * as transcribe from './transcribe.js';
import * as versions from './versions.js';

const every = 5000; // ms, between samples
const modelsEvery = 2; // in samples: a list reads every manifest of the registry

let needs = { transcribe: false, metrics: false, admin_is_off: true };
let refused = new Set(); // what the present key does not open; asked again when it changes
let serving = null; // id of what serves, or null
let known = {}; // what was told last: it stays while the service does not answer
let round = 0;
let asking = Promise.resolve();
let pending = 0; // questions that wait or are being asked
let restUntil = 0; // performance.now(); a limit of the service is waited out

const may = (scope) => !refused.has(scope) && (scope === 'admin' ? !needs.admin_is_off && key.get() !== ''
  : !needs[scope] || key.get() !== '');

/**
 * Asks what the key opens; a refusal is told once and not asked for again. What fails for now is told, and the former answer stays: nobody
 * loses what they read or type because the service is busy.
 */
async function look(scope, question, tell, former = null) {
  if (!may(scope)) return null;
  try {
    const found = await question();
    tell(null, false);
    return found;
  } catch (e) {
    const isRefused = e instanceof Refusal && (e.status === 401 || e.status === 403);
    if (isRefused) refused.add(scope);
    if (e instanceof Refusal && e.status === 429) restUntil = performance.now() + 1000 * (e.retryAfter || every / 1000);
    tell(e, isRefused);
    return isRefused ? null : former;
  }
}

async function lookAtVersions() {
  const problems = [];
  const problem = (e) => { if (e !== null) problems.push(e); };
  const ofAdmin = (path, name) => look('admin', () => askJson(path), (e, isRefused) => {
    if (isRefused) complain($('key-error'), e);
    else problem(e);
  }, known[name]);
  const list = known.list = await look('transcribe', () => askJson('v1/models'), problem, known.list);
  const admin = known.admin = await ofAdmin('admin/models', 'admin');
  const line = ($('line').value || 'ssl').replace(/^ssl-/, '');
  const history = known.history = admin && await ofAdmin(`admin/lines/${line}/history`, 'history');
  if (admin && (serving === null || labelling.isUsed())) { // each question counts against the limits of the key
    known.labels = await ofAdmin('admin/labels?limit=1', 'labels');
    known.learning = await ofAdmin('admin/learning', 'learning');
  }
  complain($('service-error'), problems[0] ?? null);
  if (list) {
    transcribe.showModels(list.data);
    showState(list.data, problems.some((e) => e.code === 'unreachable'));
  }
  const numbered = list?.data.filter((m) => /@\d+$/.test(m.id)).map((m) => ({ ...m, created: m.created * 1000 }));
  const all = admin?.data ?? numbered ?? null;
  versions.show(all, admin?.lines ?? [], Boolean(admin));
  learning.showVersions(all ?? []);
  learning.showMoves(history?.data ?? null);
  labelling.allow(admin ? admin.lines.map((l) => l.line) : null, known.labels ?? null, known.learning ?? null);
}

/** The default line first; another where that has no recognizer. */
function showState(models, isAway) {
  const champion = models.find((m) => m.id === 'ssl') ?? models.find((m) => /^ssl-[a-z0-9-]+$/.test(m.id)) ?? null;
  const now = champion === null ? null : `${champion.id}@${champion.version}`;
  if (now !== serving && round > 0) announce(now === null ? 'No recognizer serves any more.' : `${now} serves now.`);
  serving = now;
  $('state').textContent = isAway ? 'Not reachable' : champion === null ? 'No recognizer yet' : `${now} serves`;
  $('beginning').hidden = champion !== null;
}

/** What is going on before the first recognizer, and what to do. */
function showBeginning() {
  if ($('beginning').hidden) return;
  const { learnerIsHere, heardSeconds, trainedSeconds, steps, encoder, updates } = learning.progress();
  const step = (done, title, text) =>
    h('li', { className: done ? 'done' : null }, h('strong', {}, title), done ? ' (done) ' : ' ', text);
  fill($('beginning-steps'),
    step(heardSeconds > 0 || steps > 0, 'Hear speech.', heardSeconds > 0 ? `${duration(heardSeconds)} of audio came in.`
      : h('span', {}, 'Publish recordings to the topic audio.raw, for example with ', h('code', {}, 'ssl publish FOLDER'), '.')),
    step(encoder > 0, 'Pretrain an encoder.', encoder > 0 ? `Version ${encoder} is published.`
      : steps > 0 ? `${steps} steps on ${duration(trainedSeconds)} of audio so far; the first version follows after some minutes.`
        : learnerIsHere ? 'The Learner begins when it has audio.' : 'The Learner runs as a process of its own, or not yet.'),
    step(updates > 0, 'Fine-tune on labels.', updates > 0 ? `${updates} updates so far.`
      : known.labels?.total > 0 ? h('span', {}, `There are ${known.labels.total} labels; the more, the better: `,
        h('a', { href: '#labels' }, 'type more here'), '.')
      : h('span', {}, 'Some minutes of speech with their text are needed: ', h('a', { href: '#labels' }, 'type them here'),
        ', or start with ', h('code', {}, 'ssl up --labels manifest.jsonl'), '.')),
    step(false, 'Pass the gate.', 'The first recognizer that is better than chance serves at once; this page then shows it.'));
}

function showKeyState() {
  const has = key.get() !== '';
  $('key-set').hidden = has;
  $('key-forget').hidden = !has;
  $('key-state').textContent = has ? 'A key is kept in this tab.' : needs.transcribe ? 'This service needs a key.'
    : needs.admin_is_off ? 'No key is needed.' : 'A key is needed to move versions and to label.';
  $('admin-off').hidden = !needs.admin_is_off;
  $('levers-closed').hidden = needs.admin_is_off || has;
  const closed = needs.transcribe && !has;
  $('needs-key').hidden = !closed;
  if (closed) {
    $('key-box').open = true;
    $('state').textContent = 'A key is needed';
  } else if (serving === null && known.list === undefined) {
    $('state').textContent = 'Looking';
  }
  if (needs.metrics && !has) learning.explain('The figures need a key with the scope metrics.');
}

/** What needs a key may change while the page is open: an operator adds the first one. */
async function lookAtNeeds() {
  try {
    const found = await askJson('page/keys');
    if (JSON.stringify(found) === JSON.stringify(needs)) return true;
    needs = found;
    refused = new Set();
    showKeyState();
    return true;
  } catch (e) {
    complain($('service-error'), e);
    $('state').textContent = 'Not reachable';
    return false;
  }
}

async function ask() {
  const isRoundOfModels = round % modelsEvery === 0;
  if (isRoundOfModels && !await lookAtNeeds()) return;
  await look('metrics', learning.sample, (e) => learning.explain(e));
  if (isRoundOfModels) await lookAtVersions();
  showBeginning();
  round++;
}

/** One question after the other, whoever asks. */
function again(question) {
  pending++;
  asking = asking.then(question).catch((e) => complain($('service-error'), e)).finally(() => { pending--; });
  return asking;
}

/** Of itself: not while nobody looks, a question is open, or the service has asked for a rest. */
function askByItself() {
  if (!document.hidden && pending === 0 && performance.now() >= restUntil) again(ask);
}

async function useKey() {
  [refused, known] = [new Set(), {}];
  restUntil = 0; // another key has limits of its own
  complain($('key-error'), null);
  await lookAtNeeds();
  showKeyState();
  round = 0;
  await ask();
}

function startKey() {
  $('key-form').onsubmit = (event) => {
    event.preventDefault();
    const text = $('key').value.trim();
    if (!/^[\x21-\x7e]+$/.test(text)) {
      complain($('key-error'), 'A key has letters, digits and signs of ASCII only, and no spaces.');
      return;
    }
    key.set(text);
    $('key').value = '';
    again(useKey).then(() => announce($('key-error').hidden ? 'The key is used from now on.' : $('key-error').textContent));
  };
  $('key-forget').onclick = () => {
    key.set('');
    again(useKey).then(() => announce('The key is forgotten.'));
    $('key').focus();
  };
}

startKey();
transcribe.start();
learning.start();
labelling.start();
versions.start(() => again(lookAtVersions));
$('line').onchange = () => again(lookAtVersions);
$('parts-of').onchange = () => again(lookAtVersions);
again(useKey);
setInterval(askByItself, every);
document.addEventListener('visibilitychange', askByItself);
window.addEventListener('online', askByItself);
