// Makes one channel of many, by the rules of helpers/audio.py.
import { notNumbers, notScaled } from './troubles.js';

const SPAN = 2 ** 13; // samples over which channels are compared
const CANCELLED = 1e-3; // of the power of the loudest channel, 30 dB under it
const SCALED = 16; // floats most of which are beyond this are whole numbers, not scaled to 1

/** The mean of channels that come in blocks, each a list of one wave a channel; where they cancel
 * each other, the loudest is heard. What is beyond full scale is clipped. */
export async function* mixed(blocks, name) {
  let held = []; // what does not fill a span yet
  for await (const block of blocks) {
    check(block, name);
    if (block.length !== held.length) {
      if (held.length) yield mean(held);
      held = block.map(() => new Float32Array(0));
    }
    const channels = block.map((wave, k) => joined(held[k], wave));
    const spans = channels[0].length - (channels[0].length % SPAN);
    held = channels.map((wave) => wave.subarray(spans));
    if (spans) yield mean(channels.map((wave) => wave.subarray(0, spans)));
  }
  if (held.length) yield mean(held);
}

function check(block, name) {
  let [beyond, sounding] = [0, 0];
  for (const wave of block) {
    for (let i = 0; i < wave.length; i++) {
      const sample = wave[i];
      if (sample !== 0) sounding += 1;
      if (Math.abs(sample) <= 1) continue;
      if (!Number.isFinite(sample)) throw notNumbers(name);
      if (Math.abs(sample) > SCALED) beyond += 1;
      wave[i] = Math.sign(sample);
    }
  }
  if (2 * beyond > sounding) throw notScaled(name);
}

function mean(channels) {
  const [first] = channels;
  if (channels.length === 1) return first;
  const wave = new Float32Array(first.length);
  for (let begin = 0; begin < wave.length; begin += SPAN) {
    const end = Math.min(begin + SPAN, wave.length);
    const powers = channels.map(() => 0);
    let power = 0;
    for (let i = begin; i < end; i++) {
      let sum = 0;
      for (let k = 0; k < channels.length; k++) {
        const sample = channels[k][i];
        sum += sample;
        powers[k] += sample ** 2;
      }
      wave[i] = sum / channels.length;
      power += wave[i] ** 2;
    }
    const most = Math.max(...powers);
    if (power >= CANCELLED * most) continue;
    // The first of those that are about as loud: it must not change from span to span.
    const loudest = channels[powers.findIndex((each) => each > most / 2)];
    wave.set(loudest.subarray(begin, end), begin);
  }
  return wave;
}

function joined(a, b) {
  if (!a.length) return b;
  const wave = new Float32Array(a.length + b.length);
  wave.set(a);
  wave.set(b, a.length);
  return wave;
}
