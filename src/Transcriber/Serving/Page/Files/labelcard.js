// One piece of speech to label: heard, typed, saved. By keyboard: Enter to listen, type, Enter to save, Enter to listen to the next.

import { ask, askJson, form, sentence } from './api.js';
import { complain, duration, h } from './dom.js';

const maxLetters = 2000; // of 20 s of speech: several times what anybody says

let made = 0; // so that each has ids of its own

export class Card {
  #address = null; // of the recording, once it is here
  #isBusy = false;
  #isGone = false;
  isSaving = false;

  /**
   * @param named The line in words; null: there is one line only.
   * @param tell heard(card), done(card, label), skip(card).
   */
  constructor(item, line, named, tell) {
    const number = ++made;
    const id = `label-${number}`;
    [this.item, this.line, this.tell] = [item, line, tell];
    this.player = h('audio', { controls: true, preload: 'none', hidden: true, 'aria-label': `Recording ${number}` });
    this.listen = h('button', { type: 'button', className: 'listen', 'aria-label': `Listen to recording ${number}` }, 'Listen');
    this.text = h('textarea', {
      id, rows: 2, spellcheck: true, maxLength: maxLetters, value: item.text ?? '', enterKeyHint: 'done', 'aria-describedby': `${id}-why`,
    });
    this.error = h('p', { className: 'error', role: 'alert', hidden: true });
    this.listen.onclick = () => this.#hear(number);
    this.player.onerror = () => complain(this.error, 'The browser cannot play this recording.');
    this.text.onkeydown = (event) => this.#key(event);
    const skip = h('button', { type: 'button', className: 'skip-label', 'aria-label': `Skip recording ${number}` }, 'Skip');
    skip.onclick = () => tell.skip(this);
    const save = h('button', { type: 'submit', 'aria-label': `Save the label of recording ${number}` }, 'Save the label');
    this.form = h('form', { className: 'label', onsubmit: (event) => this.#submit(event) },
      h('div', { className: 'bar' }, this.listen, h('span', { className: 'note', id: `${id}-why` }, about(item, named))),
      h('label', { htmlFor: id }, `What is said in recording ${number}?`), this.text,
      h('div', { className: 'bar' }, save, skip, this.player), this.error);
    this.element = h('li', { 'data-segment': item.id }, this.form);
  }

  /** Whether somebody has typed what is not saved. */
  get isChanged() {
    return this.text.value !== (this.item.text ?? '');
  }

  focus() {
    this.listen.focus();
  }

  silence() {
    this.player.pause();
  }

  /** It leaves the page, and the recording is given back. */
  forget() {
    this.#isGone = true;
    this.element.remove();
    this.silence();
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = null;
  }

  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return; // Enter also ends what an input method composes
    event.preventDefault();
    this.form.requestSubmit();
  }

  async #hear(number) {
    await this.#act(async () => {
      await this.#fetch();
      if (this.#isGone) return; // nobody could stop it
      this.tell.heard(this);
      this.player.hidden = false;
      this.player.currentTime = 0;
      this.listen.textContent = 'Listen again';
      this.listen.setAttribute('aria-label', `Listen again to recording ${number}`);
      this.text.focus();
      await this.player.play();
    });
  }

  /** It needs the key, which an audio element cannot send. */
  async #fetch() {
    if (this.#address) return;
    const answer = await ask(relative(this.item.audio_url));
    if (this.#isGone) return;
    const recording = await answer.blob();
    if (this.#isGone) return;
    this.#address = URL.createObjectURL(recording);
    this.player.src = this.#address;
  }

  async #submit(event) {
    event.preventDefault();
    await this.#act(async () => {
      const text = this.text.value.trim();
      if (text === '') throw new Error('Type what is said first, or skip it.');
      this.isSaving = true;
      try {
        const body = form({ segment: this.item.id, text, line: this.line });
        await this.tell.done(this, await askJson('admin/labels', { method: 'POST', body }));
      } finally {
        this.isSaving = false;
      }
    });
  }

  /** One thing at a time; no button is disabled meanwhile, for it would lose the focus. */
  async #act(what) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.element.setAttribute('aria-busy', 'true');
    complain(this.error, null);
    try {
      await what();
    } catch (e) {
      if (e.name !== 'AbortError') complain(this.error, e); // it was stopped while it began to play
    } finally {
      this.#isBusy = false;
      this.element.removeAttribute('aria-busy');
    }
  }
}

const about = (item, named) => [duration(item.duration_seconds), named, item.reason,
  item.text ? 'the text is what the recognizer hears: correct it' : null].filter(Boolean).map(sentence).join(' ');

/** Of this service alone: the key goes nowhere else. */
function relative(url) {
  const target = new URL(url, document.baseURI);
  if (target.origin !== location.origin) throw new Error('The recording is not on this service.');
  return url.startsWith('/') ? url.slice(1) : url;
}
