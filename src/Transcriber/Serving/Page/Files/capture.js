// Runs in the audio thread: gathers a tenth of a second and hands it over as 16-bit samples with its loudness.

class Capture extends AudioWorkletProcessor {
  #block = new Int16Array(Math.round(sampleRate / 10));
  #filled = 0;
  #peak = 0;

  process([input]) {
    const samples = input[0];
    if (samples === undefined) return true; // nothing is connected yet
    for (const sample of samples) {
      const value = Math.max(-1, Math.min(1, sample));
      this.#peak = Math.max(this.#peak, Math.abs(value));
      this.#block[this.#filled++] = Math.round(value * 32767);
      if (this.#filled === this.#block.length) this.#send();
    }
    return true;
  }

  #send() {
    this.port.postMessage({ samples: this.#block.buffer, peak: this.#peak }, [this.#block.buffer]);
    this.#block = new Int16Array(this.#block.length || Math.round(sampleRate / 10));
    this.#filled = 0;
    this.#peak = 0;
  }
}

registerProcessor('capture', Capture);
