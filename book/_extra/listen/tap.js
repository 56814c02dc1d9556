// Hands what the microphone gives on to the page. Runs where the browser mixes sound.
const AT_ONCE = 2048; // samples

registerProcessor('tap', class extends AudioWorkletProcessor {
  held = new Float32Array(AT_ONCE);
  count = 0;

  process([channels]) {
    for (let i = 0; i < (channels[0]?.length ?? 0); i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.held[this.count++] = sum / channels.length;
      if (this.count === AT_ONCE) {
        this.port.postMessage(this.held);
        this.count = 0;
      }
    }
    return true;
  }
});
