// Decodes files of samples that are not compressed, of any length.
import { read, viewOf } from './bytes.js';
import { mixed } from './mono.js';
import { badRate, noSound, notDescribed } from './troubles.js';

const AT_ONCE = 2 ** 20; // bytes that are decoded before others get a turn
const RATES = [1000, 1e6]; // Hz
const MOST_CHANNELS = 1024;

// How a sample is read, by its form and its size in bytes.
const READ = {
  whole: {
    1: (view, at) => view.getInt8(at) / 2 ** 7,
    2: (view, at, little) => view.getInt16(at, little) / 2 ** 15,
    3: (view, at, little) => {
      const [low, high] = little ? [at, at + 2] : [at + 2, at];
      return ((view.getInt8(high) << 16) | (view.getUint8(at + 1) << 8) | view.getUint8(low)) / 2 ** 23;
    },
    4: (view, at, little) => view.getInt32(at, little) / 2 ** 31,
  },
  unsigned: { 1: (view, at) => (view.getUint8(at) - 128) / 2 ** 7 },
  float: {
    4: (view, at, little) => view.getFloat32(at, little),
    8: (view, at, little) => view.getFloat64(at, little),
  },
  aLaw: { 1: (view, at) => aLaw(view.getUint8(at)) },
  muLaw: { 1: (view, at) => muLaw(view.getUint8(at)) },
};

/** Open the samples that lie between two bytes of a file as a stream, see pieces.js. A header has
 * told their `rate`, `channels`, `form` ("whole", "unsigned", "float", "aLaw" or "muLaw"), `size` in
 * bytes, and whether the least of these comes first (`little`). */
export function openSamples(blob, header, name, signal) {
  const { rate, channels, form, size, little, begin, end } = header;
  const sampleAt = READ[form][size];
  if (!sampleAt || !channels || channels > MOST_CHANNELS) throw notDescribed(name);
  checkRate(rate, name);
  const frame = channels * size; // bytes of a sample in each channel
  const count = Math.floor((Math.min(end, blob.size) - begin) / frame);
  if (count <= 0) throw noSound(name);

  async function* channelsOf(from, to) {
    const last = Math.min(count, Math.round(to * rate));
    const most = Math.max(1, Math.floor(AT_ONCE / frame));
    for (let first = Math.round(from * rate); first < last; first += most) {
      const length = Math.min(most, last - first);
      const view = viewOf(await read(blob, begin + first * frame, length * frame));
      signal.throwIfAborted();
      yield Array.from({ length: channels }, (_, k) => {
        const wave = new Float32Array(length);
        for (let i = 0; i < length; i++) wave[i] = sampleAt(view, i * frame + k * size, little);
        return wave;
      });
    }
  }
  return { seconds: count / rate, rate, blocks: (from, to) => mixed(channelsOf(from, to), name) };
}

/** Throw where a header states what is no sampling rate of sound. */
export function checkRate(rate, name) {
  if (!(rate >= RATES[0] && rate <= RATES[1])) throw badRate(name, rate); // it may be no number
}

// The two laws of telephones (G.711): three bits say the range, four the place in it.
function aLaw(byte) {
  const [range, place] = [((byte ^ 0x55) >> 4) & 7, (byte ^ 0x55) & 15];
  const level = range === 0 ? 16 * place + 8 : (16 * place + 264) << (range - 1);
  return (byte & 0x80 ? level : -level) / 2 ** 15;
}

function muLaw(byte) {
  const [range, place] = [(~byte >> 4) & 7, ~byte & 15];
  const level = ((8 * place + 132) << range) - 132;
  return (byte & 0x80 ? level : -level) / 2 ** 15;
}
