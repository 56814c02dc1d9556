// Decodes the two kinds of ADPCM that recorders write into WAV files: four bits tell by how many
// steps a sample is off what those before it foretell. Each block can be decoded by itself.
import { read, viewOf } from './bytes.js';
import { mixed } from './mono.js';
import { checkRate } from './samples.js';
import { noSound, notDescribed } from './troubles.js';

const AT_ONCE = 2 ** 18; // bytes that are decoded before others get a turn
const HEADS = { ima: 4, microsoft: 7 }; // bytes of a block for each channel, before its steps
const FIRST = { ima: 1, microsoft: 2 }; // samples that stand in them

const IMA_STEPS = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73,
  80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494,
  544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499,
  2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487,
  12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];
const IMA_MOVES = [-1, -1, -1, -1, 2, 4, 6, 8];
const MICROSOFT_GROWTH = [
  230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230,
];
const MICROSOFT_WEIGHTS = [
  [256, 0], [512, -256], [0, 0], [192, 64], [240, 0], [460, -208], [392, -232],
];

/** Open blocks of ADPCM ("ima" or "microsoft") that lie between two bytes of a file as a stream, see
 * pieces.js. `block` is the length of each in bytes. */
export function openAdpcm(blob, { rate, channels, kind, block, begin, end }, name, signal) {
  checkRate(rate, name);
  const steps = (2 * (block - HEADS[kind] * channels)) / channels;
  if (!(steps > 0) || steps % (kind === 'ima' ? 8 : 1)) throw notDescribed(name);
  const each = FIRST[kind] + steps; // samples of a block
  const count = each * Math.floor((Math.min(end, blob.size) - begin) / block);
  if (count <= 0) throw noSound(name);
  const decode = { ima, microsoft }[kind];

  async function* channelsOf(from, to) {
    const last = Math.min(count, Math.round(to * rate));
    const most = Math.max(1, Math.floor(AT_ONCE / block)); // blocks
    for (let first = Math.round(from * rate); first < last; ) {
      const number = Math.floor(first / each);
      const blocks = Math.min(most, Math.ceil(last / each) - number);
      const view = viewOf(await read(blob, begin + number * block, blocks * block));
      signal.throwIfAborted();
      const waves = Array.from({ length: channels }, () => new Float32Array(blocks * each));
      for (let i = 0; i < blocks; i++) {
        decode(view, i * block, waves.map((wave) => wave.subarray(i * each, (i + 1) * each)));
      }
      const [skipped, kept] = [first, last].map((at) => at - number * each);
      yield waves.map((wave) => wave.subarray(skipped, kept));
      first = (number + blocks) * each;
    }
  }
  return { seconds: count / rate, rate, blocks: (from, to) => mixed(channelsOf(from, to), name) };
}

// After the heads come 8 steps of one channel, 8 of the next, and so on; low bits first.
function ima(view, at, waves) {
  waves.forEach((wave, k) => {
    let level = view.getInt16(at + 4 * k, true);
    let place = Math.min(view.getUint8(at + 4 * k + 2), IMA_STEPS.length - 1);
    wave[0] = level / 2 ** 15;
    for (let i = 1; i < wave.length; i++) {
      const eights = waves.length * ((i - 1) >> 3) + k;
      const byte = view.getUint8(at + 4 * waves.length + 4 * eights + (((i - 1) & 7) >> 1));
      const bits = (i - 1) & 1 ? byte >> 4 : byte & 15;
      const step = IMA_STEPS[place];
      let by = step >> 3;
      if (bits & 1) by += step >> 2;
      if (bits & 2) by += step >> 1;
      if (bits & 4) by += step;
      level = bounded(bits & 8 ? level - by : level + by);
      place = Math.max(0, Math.min(IMA_STEPS.length - 1, place + IMA_MOVES[bits & 7]));
      wave[i] = level / 2 ** 15;
    }
  });
}

// The steps of the channels take turns; high bits first.
function microsoft(view, at, waves) {
  const { length } = waves;
  waves.forEach((wave, k) => {
    const [a, b] = MICROSOFT_WEIGHTS[Math.min(view.getUint8(at + k), MICROSOFT_WEIGHTS.length - 1)];
    let [step, last, before] = [1, 3, 5].map((head) => (
      view.getInt16(at + head * length + 2 * k, true)
    ));
    wave[0] = before / 2 ** 15;
    wave[1] = last / 2 ** 15;
    for (let i = 2; i < wave.length; i++) {
      const number = (i - 2) * length + k;
      const byte = view.getUint8(at + 7 * length + (number >> 1));
      const bits = number & 1 ? byte & 15 : byte >> 4;
      const foretold = (last * a + before * b) >> 8;
      before = last;
      last = bounded(foretold + (bits & 8 ? bits - 16 : bits) * step);
      step = Math.max(16, (MICROSOFT_GROWTH[bits] * step) >> 8);
      wave[i] = last / 2 ** 15;
    }
  });
}

const bounded = (level) => Math.max(-(2 ** 15), Math.min(2 ** 15 - 1, level));
