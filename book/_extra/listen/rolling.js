// The last seconds of the microphone as mel bands, which roll by.
import { paintBands } from './images.js';
import { melBands } from './mel.js';

/** Seconds that are in sight. */
export const SHOWN = 4;

/** Begin a picture of samples that come piece by piece: push(piece). */
export function rollingPicture(canvas, rate, about) {
  const bands = melBands(rate, about);
  const tone = Float32Array.from({ length: bands.length }, (_, n) => Math.sin((2000 * Math.PI * n) / rate));
  const loudest = Math.max(...bands.levels(tone, 0)); // as loud as can be
  const columns = Math.floor((SHOWN * rate) / bands.hop);
  const silence = new Float32Array(columns * about.n_mels).fill(loudest - about.top_db);
  paintBands(canvas, silence, about.n_mels, loudest, about.top_db);
  const strip = document.createElement('canvas');
  let held = new Float32Array(0);

  function push(piece) {
    const wave = new Float32Array(held.length + piece.length);
    wave.set(held);
    wave.set(piece, held.length);
    const count = Math.max(0, Math.floor((wave.length - bands.length) / bands.hop) + 1);
    held = wave.slice(count * bands.hop);
    if (!count) return;
    const levels = new Float32Array(count * about.n_mels);
    for (let i = 0; i < count; i++) levels.set(bands.levels(wave, i * bands.hop), i * about.n_mels);
    paintBands(strip, levels, about.n_mels, loudest, about.top_db);
    const context = canvas.getContext('2d');
    context.drawImage(canvas, -count, 0);
    context.drawImage(strip, columns - count, 0);
  }
  return { push };
}
