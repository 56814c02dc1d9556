// Samples as a WAV file of 16 bits, for the player.

/** The file of what comes in blocks of samples. */
export async function wavOf(blocks, rate) {
  const parts = [];
  let size = 0;
  for await (const block of blocks) {
    const samples = new DataView(new ArrayBuffer(2 * block.length));
    block.forEach((sample, i) => {
      samples.setInt16(2 * i, Math.round(32767 * Math.max(-1, Math.min(1, sample))), true);
    });
    parts.push(new Blob([samples])); // which the browser may keep elsewhere than in the memory
    size += samples.byteLength;
  }
  return new Blob([header(size, rate), ...parts], { type: 'audio/wav' });
}

function header(size, rate) {
  const view = new DataView(new ArrayBuffer(44));
  const write = (at, text) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  write(0, 'RIFF');
  view.setUint32(4, 36 + size, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); // bytes of the description that follows
  view.setUint16(20, 1, true); // whole numbers
  view.setUint16(22, 1, true); // channel
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true); // bytes in a second
  view.setUint16(32, 2, true); // bytes in a sample
  view.setUint16(34, 16, true); // bits in it
  write(36, 'data');
  view.setUint32(40, size, true);
  return view;
}
