// Reads WAV files itself: in all their forms (RIFF, RIFX, RF64, Wave64), with samples that some
// browsers do not know, of recorders that never wrote how long they had recorded, of any length.
import { read, spells, viewOf } from './bytes.js';
import { mixed } from './mono.js';
import { badRate, badWav, noSound, otherWav } from './troubles.js';

const AT_ONCE = 2 ** 20; // bytes that are decoded before others get a turn
const MOST_CHUNKS = 1000; // before the samples
const ELSEWHERE = 0xffffffff; // in place of a size: RF64 has it in another chunk
const EXTENSIBLE = 0xfffe; // in place of a format: it stands further on
const FLOAT = 3;
const RATES = [1000, 1e6]; // Hz

// How a sample is read, by its format and its size in bytes.
const SAMPLES = {
  1: {
    1: (view, at) => (view.getUint8(at) - 128) / 2 ** 7,
    2: (view, at, little) => view.getInt16(at, little) / 2 ** 15,
    3: (view, at, little) => {
      const [low, high] = little ? [at, at + 2] : [at + 2, at];
      return ((view.getInt8(high) << 16) | (view.getUint8(at + 1) << 8) | view.getUint8(low)) / 2 ** 23;
    },
    4: (view, at, little) => view.getInt32(at, little) / 2 ** 31,
  },
  [FLOAT]: {
    4: (view, at, little) => view.getFloat32(at, little),
    8: (view, at, little) => view.getFloat64(at, little),
  },
  6: { 1: (view, at) => aLaw(view.getUint8(at)) },
  7: { 1: (view, at) => muLaw(view.getUint8(at)) },
};

// What else WAV files may hold, by its number.
const OTHERS = {
  0x02: 'Microsoft ADPCM', 0x11: 'IMA ADPCM', 0x31: 'GSM 6.10', 0x45: 'G.726', 0x50: 'MPEG audio',
  0x55: 'MP3', 0xff: 'AAC', 0x161: 'Windows Media Audio',
};

/** Open a WAV file as a stream, see pieces.js. */
export async function openWav(blob, name, signal) {
  const { rate, channels, format, size, little, begin, end, usual } = await headerOf(blob, name);
  const sampleAt = SAMPLES[format][size];
  const frame = channels * size; // bytes of a sample in each channel
  const count = Math.floor((end - begin) / frame);
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
  const blocks = (from, to) => mixed(channelsOf(from, to), name);
  return { seconds: count / rate, rate, blocks, usual };
}

// The samples' form and where they begin and end; `usual` is what every browser plays.
async function headerOf(blob, name) {
  const start = await read(blob, 0, 12);
  const little = !spells(start, 0, 'RIFX');
  const wave64 = spells(start, 0, 'riff'); // names of 16 bytes, sizes of 8 that include both
  const [first, head, even] = wave64 ? [40, 24, 8] : [12, 8, 2];
  let format = null;
  let elsewhere = 0;
  let at = first;
  for (let chunks = 0; chunks < MOST_CHUNKS; chunks++) {
    const bytes = await read(blob, at, head + 40);
    if (bytes.length < head) break;
    const view = viewOf(bytes);
    let stated = wave64 ? Number(view.getBigUint64(16, true)) - head : view.getUint32(4, little);
    at += head;
    if (spells(bytes, 0, 'ds64')) elsewhere = Number(view.getBigUint64(head + 8, true));
    if (spells(bytes, 0, 'fmt ')) format = formatOf(view, head, little, name);
    if (spells(bytes, 0, 'data') && format) {
      if (stated === ELSEWHERE) stated = elsewhere;
      // A recorder that died has left the size empty. Of what is stated some may be cut off.
      const known = stated > 0 || await isTiled(blob, at, little);
      const end = known ? Math.min(at + stated, blob.size) : blob.size;
      const usual = format.usual && spells(start, 0, 'RIFF') && end === at + stated;
      return { ...format, usual, little, begin: at, end };
    }
    at += Math.ceil(Math.max(0, stated) / even) * even;
  }
  throw badWav(name);
}

// Do chunks follow one another from here to the end?
async function isTiled(blob, at, little) {
  for (let chunks = 0; at < blob.size && chunks < MOST_CHUNKS; chunks++) {
    const bytes = await read(blob, at, 8);
    if (bytes.length < 8 || bytes.subarray(0, 4).some((byte) => byte < 32 || byte > 126)) return false;
    const size = viewOf(bytes).getUint32(4, little);
    at += 8 + size + (size % 2);
  }
  return at === blob.size || at === blob.size + 1;
}

function formatOf(view, at, little, name) {
  if (view.byteLength < at + 16) throw badWav(name);
  let format = view.getUint16(at, little);
  const channels = view.getUint16(at + 2, little);
  const rate = view.getUint32(at + 4, little);
  const size = view.getUint16(at + 12, little) / channels;
  if (format === EXTENSIBLE && view.byteLength >= at + 26) format = view.getUint16(at + 24, little);
  if (!SAMPLES[format]) throw otherWav(name, OTHERS[format] ?? `format ${format}`);
  if (!SAMPLES[format][size]) throw badWav(name);
  if (rate < RATES[0] || rate > RATES[1]) throw badRate(name, rate);
  return { rate, channels, format, size, usual: size < 8 };
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
