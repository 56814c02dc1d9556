// Makes one channel of many, by the rules of helpers/audio.py.
import { notNumbers, notScaled } from './troubles.js';
import { levelOf } from './windows.js';

const SPAN = 2 ** 13; // samples over which channels are compared
const SILENT = 1e-3; // 60 dB under full scale
const CANCELLED = 0.1; // of the level of unrelated sounds, 20 dB under it
const ALIKE = 0.7; // of the loudest channel's level
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
  if (channels.length === 1) return channels[0];
  const wave = new Float32Array(channels[0].length);
  for (let begin = 0; begin < wave.length; begin += SPAN) {
    const part = wave.subarray(begin, begin + SPAN);
    const parts = channels.map((channel) => channel.subarray(begin, begin + SPAN));
    for (let i = 0; i < part.length; i++) {
      let sum = 0;
      for (const channel of parts) sum += channel[i];
      part[i] = sum / parts.length;
    }
    const [level, levels] = [levelOf(part), parts.map(levelOf)];
    const most = Math.max(...levels);
    const unrelated = Math.hypot(...levels) / levels.length;
    if (level >= CANCELLED * unrelated && (level >= SILENT || most < SILENT)) continue;
    // The first of those that are about as loud: it must not change from span to span.
    part.set(parts[levels.findIndex((each) => each > ALIKE * most)]);
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
