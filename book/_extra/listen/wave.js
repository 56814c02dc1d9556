// A recording as a WAV file of 16 bits, for the player.

export function wavOf(wave, rate) {
  const view = new DataView(new ArrayBuffer(44 + 2 * wave.length));
  const write = (at, text) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  write(0, 'RIFF');
  view.setUint32(4, 36 + 2 * wave.length, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); // bytes of the description that follows
  view.setUint16(20, 1, true); // whole numbers
  view.setUint16(22, 1, true); // channel
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true); // bytes in a second
  view.setUint16(32, 2, true); // bytes in a sample
  view.setUint16(34, 16, true); // bits in it
  write(36, 'data');
  view.setUint32(40, 2 * wave.length, true);
  wave.forEach((sample, i) => {
    view.setInt16(44 + 2 * i, Math.round(32767 * Math.max(-1, Math.min(1, sample))), true);
  });
  return new Blob([view], { type: 'audio/wav' });
}
