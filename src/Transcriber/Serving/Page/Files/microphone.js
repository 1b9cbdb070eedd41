// The microphone, and the live session that it is sent to (OpenAI's realtime transcription events).

import { address, key, Refusal } from './api.js';

const rate = 16_000; // what the recognizer hears
const maxRate = 48_000; // what the service takes
const openLimit = 20_000; // ms
const lastTextLimit = 20_000; // ms
const maxUnsentBytes = 4_000_000; // about a minute and a half
const item = 'conversation.item.input_audio_transcription.';

/** Samples of the microphone, a tenth of a second at a time. Throws with a reason in words. */
export class Microphone {
  static async open(onSamples) {
    if (!navigator.mediaDevices?.getUserMedia)
      throw new Error('This browser gives the microphone only to pages over https or on localhost. A file can be chosen all the same.');
    const microphone = new Microphone();
    try {
      microphone.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
      await microphone.#listen(onSamples);
      return microphone;
    } catch (e) {
      microphone.close();
      if (e instanceof Refusal) throw e;
      throw new Error({
        NotAllowedError: 'The browser does not let this page use the microphone: allow it beside the address, then try again.',
        NotFoundError: 'The browser finds no microphone.',
        NotReadableError: 'The microphone is used by another program.',
      }[e.name] ?? `The microphone cannot be used: ${e.message}`);
    }
  }

  async #listen(onSamples) {
    let source;
    try {
      this.context = new AudioContext({ sampleRate: rate });
      source = this.context.createMediaStreamSource(this.stream);
    } catch { // Firefox does not resample a microphone
      await this.context?.close();
      this.context = new AudioContext();
      source = this.context.createMediaStreamSource(this.stream);
    }
    if (this.context.sampleRate > maxRate) throw new Error(`it has ${this.context.sampleRate} samples a second, more than ${maxRate}`);
    await this.context.audioWorklet.addModule(new URL('./capture.js', import.meta.url))
      .catch(() => { throw new Refusal('The service cannot be reached.', 0, 'unreachable'); });
    const capture = new AudioWorkletNode(this.context, 'capture', { numberOfOutputs: 0 });
    capture.port.onmessage = ({ data }) => onSamples(data.samples, data.peak);
    source.connect(capture);
    await this.context.resume();
  }

  get rate() {
    return this.context.sampleRate;
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.context && this.context.state !== 'closed') this.context.close();
  }
}

/** A session; what it tells: started(id, seconds), words(id, words), open(id, text), done(id, event), failed(message). */
export class LiveSession {
  #open = new Set(); // utterances without their text
  #isCommitted = false;

  static async connect(model, rateHz, tell) {
    const session = new LiveSession();
    session.tell = tell;
    const url = address(`v1/realtime?intent=transcription&model=${encodeURIComponent(model)}`);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    session.socket = new WebSocket(url, ['realtime', ...(key.get() === '' ? [] : [`openai-insecure-api-key.${key.get()}`])]);
    session.ended = new Promise((resolve) => { session.socket.onclose = resolve; });
    session.socket.onmessage = ({ data }) => session.#hear(JSON.parse(data));
    const opened = new Promise((resolve, reject) => {
      session.socket.onopen = resolve;
      session.ended.then(() => reject(new Error('refused')));
    });
    await within(openLimit, opened).catch((e) => {
      session.socket.close();
      throw e;
    });
    session.#send({
      type: 'session.update',
      session: {
        type: 'transcription',
        audio: { input: { format: { type: 'audio/pcm', rate: rateHz }, turn_detection: { type: 'server_vad' } } },
        include: [`item.${item.slice('conversation.item.'.length)}partial`, `item.${item.slice('conversation.item.'.length)}words`],
      },
    });
    return session;
  }

  /** False: the network is too slow for it. */
  append(samples) {
    if (this.socket.readyState !== WebSocket.OPEN) return true;
    this.#send({ type: 'input_audio_buffer.append', audio: base64(samples) });
    return this.socket.bufferedAmount < maxUnsentBytes;
  }

  /** Waits for the text of what was said, within a limit. */
  async finish() {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.#send({ type: 'input_audio_buffer.commit', event_id: 'last' });
      await within(lastTextLimit, Promise.race([this.ended, new Promise((resolve) => { this.finished = resolve; })])).catch(() => null);
    }
    this.socket.close(1000);
  }

  #send(event) {
    this.socket.send(JSON.stringify(event));
  }

  #hear(event) {
    const id = event.item_id;
    switch (event.type) {
      case 'input_audio_buffer.speech_started':
        this.tell.started(id, event.audio_start_ms / 1000);
        break;
      case 'input_audio_buffer.committed':
        this.#open.add(id);
        this.#isCommitted = this.finished !== undefined;
        break;
      case `${item}delta`:
        this.tell.words(id, event.words ?? []);
        break;
      case `${item}partial`:
        this.tell.open(id, event.text);
        break;
      case `${item}completed`:
        this.#open.delete(id);
        this.tell.done(id, event);
        break;
      case `${item}failed`:
        this.#open.delete(id);
        this.tell.failed(event.error.message);
        break;
      case 'error':
        if (event.error.event_id === 'last') this.#isCommitted = true; // nothing was left to commit
        else this.tell.failed(event.error.message);
        break;
      default:
    }
    if (this.#isCommitted && this.#open.size === 0) this.finished?.();
  }
}

function base64(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}

function within(milliseconds, promise) {
  let timer;
  const limit = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('it took too long')), milliseconds); });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
