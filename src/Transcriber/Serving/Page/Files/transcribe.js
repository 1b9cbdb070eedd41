// Speak, or give a file, and see words with times.

import { ask, askJson, form, sentence } from './api.js';
import { $, announce, choose, clock, complain, duration, h } from './dom.js';
import { LiveSession, Microphone } from './microphone.js';
import { transcript, wordElement, wordTable } from './words.js';

const maxUtterances = 200; // on the page; older ones go

let live = null; // { microphone, session }
let isBusy = false; // opening or closing it
let upload = null; // AbortController
let playing = null; // address of the recording that can be played

export function start() {
  $('speak').onclick = () => { if (!isBusy) toggle(); };
  $('file').onchange = () => { if ($('file').files.length > 0) hearFile($('file').files[0]); };
  $('cancel').onclick = () => upload?.abort();
  const zone = $('drop');
  for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle('over', name === 'dragenter' || name === 'dragover');
    });
  }
  zone.addEventListener('drop', (event) => {
    if (event.dataTransfer.files.length > 0) hearFile(event.dataTransfer.files[0]);
  });
  for (const name of ['dragover', 'drop']) window.addEventListener(name, (event) => event.preventDefault()); // beside it: opens no file
  window.addEventListener('pagehide', () => live?.microphone.close());
}

/** Called with what `v1/models` names, the version that serves first. */
export function showModels(models) {
  choose($('model'), models.map((m) => m.id), 'ssl');
  const serves = models.some((m) => m.id === 'ssl' || /^ssl-[a-z0-9-]+$/.test(m.id));
  for (const id of ['speak', 'file', 'model']) $(id).disabled = !serves && live === null;
  $('not-yet').hidden = serves;
}

/** The button is not disabled meanwhile: it would lose the focus. */
async function toggle() {
  isBusy = true;
  $('speak').setAttribute('aria-busy', 'true');
  try {
    await (live ? stop() : speak());
  } catch (e) {
    complain($('transcribe-error'), e);
  } finally {
    isBusy = false;
    $('speak').removeAttribute('aria-busy');
  }
}

async function speak() {
  complain($('transcribe-error'), null);
  live = await open($('model').value);
  $('speak').textContent = 'Stop';
  $('speak').classList.add('on');
  $('level').hidden = false;
  $('live').hidden = false;
  announce('The microphone is on.');
  const { session } = live;
  session.ended.then((event) => { if (live?.session === session) lost(event); });
}

async function open(model) {
  let session = null;
  const microphone = await Microphone.open((samples, peak) => {
    $('level').value = Math.sqrt(peak); // soft speech is to be seen as well
    if (session?.append(samples) === false && live && !isBusy)
      toggle().then(() => complain($('transcribe-error'), 'The network is too slow for live speech.'));
  });
  try {
    session = await LiveSession.connect(model, microphone.rate, utterances());
    return { microphone, session };
  } catch {
    microphone.close();
    throw await refusal(model);
  }
}

async function stop() {
  const { microphone, session } = live;
  live = null;
  quiet();
  microphone.close();
  await session.finish();
  announce('The microphone is off.');
}

function lost(event) {
  live.microphone.close();
  live = null;
  quiet();
  complain($('transcribe-error'), event.reason ? sentence(event.reason) : 'The connection to the service was lost. Speak again to go on.');
}

function quiet() {
  $('speak').textContent = 'Speak';
  $('speak').classList.remove('on');
  $('level').hidden = true;
}

/** A browser does not tell a page why a WebSocket was refused; the list of models is refused for the same reasons. */
async function refusal(model) {
  try {
    const isThere = (await askJson('v1/models')).data.some((m) => m.id === model);
    return new Error(isThere ? 'The service refused the live session: too many may be open, or it is stopping.'
      : `No recognizer named ${model} serves.`);
  } catch (e) {
    return e;
  }
}

/** What a session tells becomes paragraphs. */
function utterances() {
  const known = new Map();
  return {
    started: (id, seconds) => { known.set(id, paragraph(seconds)); },
    words(id, words) {
      const one = of(id);
      one.words.append(...words.map((w) => wordElement(w, one.at)));
      one.open.textContent = '';
    },
    open: (id, text) => { of(id).open.textContent = text; },
    done(id, event) {
      const one = of(id);
      known.delete(id);
      one.open.remove();
      if (event.transcript === '') one.element.remove();
      else one.element.title = `recognizer ${event.model_version}, encoder ${event.encoder_version}`;
    },
    failed: (message) => complain($('transcribe-error'), sentence(message)),
  };

  function of(id) {
    if (!known.has(id)) known.set(id, paragraph(0));
    return known.get(id);
  }
}

function paragraph(at) {
  const [words, open] = [h('span'), h('span', { className: 'open', 'aria-hidden': 'true' })];
  const element = h('p', { className: 'segment' }, h('span', { className: 'at' }, clock(at)), ' ', words, open);
  const log = $('live');
  log.append(element);
  while (log.children.length > maxUtterances) log.firstElementChild.remove();
  return { element, words, open, at };
}

async function hearFile(file) {
  upload?.abort();
  const own = upload = new AbortController();
  complain($('transcribe-error'), null);
  $('progress').hidden = false;
  $('progress-text').textContent = `${file.name} is being transcribed.`;
  try {
    const body = form({ file, model: $('model').value, response_format: 'verbose_json', 'timestamp_granularities[]': ['word', 'segment'] });
    const answer = await ask('v1/audio/transcriptions', { method: 'POST', body, signal: own.signal });
    showResult(file, await answer.json(), answer.headers.get('x-audio-warning'));
  } catch (e) {
    if (upload === own) complain($('transcribe-error'), e);
  } finally {
    if (upload === own) {
      $('progress').hidden = true;
      upload = null;
    }
    $('file').value = ''; // so that the same file can be chosen again
  }
}

function showResult(file, result, warning) {
  if (playing) URL.revokeObjectURL(playing);
  playing = URL.createObjectURL(file);
  const player = h('audio', { controls: true, src: playing, 'aria-label': `Recording ${file.name}` });
  player.onerror = () => { player.hidden = true; }; // of telephones' formats, browsers play few
  const play = (seconds) => {
    player.currentTime = seconds;
    player.play().catch(() => null);
  };
  const words = result.words ?? [];
  const by = `${duration(result.duration)}, heard by recognizer ${result.model_version} on encoder ${result.encoder_version}`;
  $('result').replaceChildren(
    h('h3', { tabIndex: -1 }, file.name), h('p', { className: 'note' }, by), player,
    ...(warning ? [h('p', { className: 'warning' }, `The recording has faults: ${warning.replaceAll('_', ' ')}.`)] : []),
    ...(words.length > 0 ? [transcript(result.segments ?? [], words, play), wordTable(words)]
      : [h('p', {}, 'No word was heard in it.')]));
  $('result').hidden = false;
  const count = { 0: 'No word was', 1: '1 word was' }[words.length] ?? `${words.length} words were`;
  announce(`${count} heard in ${file.name}.`);
}
