// Reads the headers of AIFF, AU and CAF files, which browsers do not play.
import { read, spells, viewOf } from './bytes.js';
import { CAF, IFF, areChunks, chunksOf, isFile } from './chunks.js';
import { openSamples } from './samples.js';
import { notDescribed, otherSamples } from './troubles.js';

// The samples of AIFF by their name: form, size in bytes where it is fixed, and order.
const AIFF_FORMS = {
  NONE: ['whole'], twos: ['whole'], sowt: ['whole', null, true], 'raw ': ['unsigned', 1],
  in24: ['whole', 3], in32: ['whole', 4], fl32: ['float', 4], FL32: ['float', 4],
  fl64: ['float', 8], FL64: ['float', 8], alaw: ['aLaw', 1], ALAW: ['aLaw', 1],
  ulaw: ['muLaw', 1], ULAW: ['muLaw', 1],
};
const AU_FORMS = {
  1: ['muLaw', 1], 2: ['whole', 1], 3: ['whole', 2], 4: ['whole', 3], 5: ['whole', 4],
  6: ['float', 4], 7: ['float', 8], 27: ['aLaw', 1],
};
const UNKNOWN = 0xffffffff; // a size
const [FLOAT, LITTLE] = [1, 2]; // the flags of CAF

/** Open an AIFF file as openWav does. */
export async function openAiff(blob, name, signal) {
  let format = null;
  let found = null;
  let next = null;
  for await (const { name: word, at, size, begin, view } of chunksOf(blob, 12, IFF)) {
    if (found && await isFile(blob, at)) {
      next = at;
      break;
    }
    if (word === 'COMM') format = aiffFormat(view, size, name);
    if (word === 'SSND') {
      // Before the samples stand two numbers of 4 bytes. A recorder that died has left no size.
      const isKnown = size > 8 || await areChunks(blob, begin + size, IFF);
      found = { begin: begin + 8, end: isKnown ? begin + size : blob.size };
    }
    if (found?.end === blob.size && format) break;
  }
  if (!format || !found) throw notDescribed(name);
  return opened(blob, { ...format, ...found }, next, name, signal);
}

function aiffFormat(view, size, name) {
  if (size < 18 || view.byteLength < 18) throw notDescribed(name);
  const word = size >= 22 ? wordAt(view, 18) : 'NONE';
  if (!AIFF_FORMS[word]) throw otherSamples(name, word.trim());
  const [form, bytes, little = false] = AIFF_FORMS[word];
  const bits = view.getUint16(6);
  if (form === 'unsigned' && bits > 8) throw otherSamples(name, `raw samples of ${bits} bits`);
  // The rate is a float of 80 bits, of which the first 48 are enough.
  const power = view.getInt16(8);
  const rate = power < 0 ? -1 : Math.round(view.getUint32(10) * 2 ** (power - 16383 - 31));
  return { rate, channels: view.getUint16(0), form, size: bytes ?? Math.ceil(bits / 8), little };
}

/** Open an AU file as openWav does. */
export async function openAu(blob, name, signal) {
  const bytes = await read(blob, 0, 24);
  if (bytes.length < 24) throw notDescribed(name);
  const little = spells(bytes, 0, 'dns.');
  const [begin, length, number, rate, channels] = [4, 8, 12, 16, 20].map((at) => (
    viewOf(bytes).getUint32(at, little)
  ));
  if (!AU_FORMS[number]) throw otherSamples(name, `encoding ${number}`);
  const [form, size] = AU_FORMS[number];
  const end = length === 0 || length === UNKNOWN ? blob.size : begin + length;
  const next = await isFile(blob, end) ? end : null;
  return opened(blob, { rate, channels, form, size, little, begin, end }, next, name, signal);
}

/** Open a CAF file as openWav does. */
export async function openCaf(blob, name, signal) {
  let format = null;
  let found = null;
  let next = null;
  for await (const { name: word, at, size, begin, view } of chunksOf(blob, 8, CAF)) {
    if (found && await isFile(blob, at)) {
      next = at;
      break;
    }
    if (word === 'desc') format = cafFormat(view, name);
    if (word !== 'data' || !format) continue;
    // Before the samples stands a number of 4 bytes.
    const isKnown = size > 4 || (size >= 0 && await areChunks(blob, begin + size, CAF));
    found ??= { begin: begin + 4, end: isKnown ? begin + size : blob.size };
    if (!isKnown) break;
  }
  if (!found) throw notDescribed(name);
  return opened(blob, { ...format, ...found }, next, name, signal);
}

function cafFormat(view, name) {
  if (view.byteLength < 32) throw notDescribed(name);
  const [word, flags, channels] = [wordAt(view, 8), view.getUint32(12), view.getUint32(24)];
  const form = { lpcm: flags & FLOAT ? 'float' : 'whole', alaw: 'aLaw', ulaw: 'muLaw' }[word];
  if (!form) throw otherSamples(name, word.trim());
  const size = view.getUint32(16) / channels;
  const bits = view.getUint32(28);
  if (word === 'lpcm' && bits !== 8 * size) throw otherSamples(name, `${bits} bits in ${size} bytes`);
  return { rate: Math.round(view.getFloat64(0)), channels, form, size, little: Boolean(flags & LITTLE) };
}

function opened(blob, header, next, name, signal) {
  return { streams: [openSamples(blob, header, name, signal)], isPlayed: false, next };
}

function wordAt(view, at) {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}
