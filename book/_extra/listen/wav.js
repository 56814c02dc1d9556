// Reads the headers of WAV files in all their forms (RIFF, RIFX, RF64, Wave64), also of recorders
// that never wrote how long they had recorded.
import { openAdpcm } from './adpcm.js';
import { read, spells } from './bytes.js';
import { IFF, RIFF, WAVE64, areChunks, chunksOf, isFile } from './chunks.js';
import { openSamples } from './samples.js';
import { notDescribed, otherSamples } from './troubles.js';

const ELSEWHERE = 0xffffffff; // in place of a size: RF64 has it in another chunk
const EXTENSIBLE = 0xfffe; // in place of a format: it stands further on
const FORMS = { 1: 'whole', 3: 'float', 6: 'aLaw', 7: 'muLaw' };
const ADPCM = { 0x02: 'microsoft', 0x11: 'ima' };
const OTHERS = {
  0x31: 'GSM 6.10', 0x40: 'G.721', 0x45: 'G.726',
  0x50: 'MPEG audio', 0x55: 'MP3', 0xff: 'AAC', 0x161: 'Windows Media Audio',
};

/** Open a WAV file: { streams, isPlayed, next }, the streams as in pieces.js, one for each chunk of
 * samples. The others say whether browsers play it, and at which byte another file begins that was
 * joined to it, or null. */
export async function openWav(blob, name, signal) {
  const start = await read(blob, 0, 4);
  const little = !spells(start, 0, 'RIFX');
  const wave64 = spells(start, 0, 'riff');
  let form = little ? RIFF : IFF;
  if (wave64) form = WAVE64;
  let format = null;
  let elsewhere = null;
  let isWhole = true;
  let next = null;
  const streams = [];
  for await (const chunk of chunksOf(blob, wave64 ? 40 : 12, form)) {
    const { view, begin } = chunk;
    if (streams.length && await isFile(blob, chunk.at)) {
      next = chunk.at;
      break;
    }
    if (chunk.name === 'ds64' && chunk.size >= 24) elsewhere = Number(view.getBigUint64(8, true));
    if (chunk.name === 'fmt ') format = formatOf(view, chunk.size, little, name);
    if (chunk.name !== 'data' || !format) continue;
    if (elsewhere === null && spells(start, 0, 'RF64')) throw notDescribed(name);
    const size = chunk.size === ELSEWHERE ? elsewhere ?? 0 : chunk.size;
    // A recorder that died has left the size empty.
    const isKnown = size > 0 || await areChunks(blob, begin, form);
    const end = isKnown ? begin + size : blob.size;
    const openAny = format.kind ? openAdpcm : openSamples;
    streams.push(openAny(blob, { ...format, little, begin, end }, name, signal));
    isWhole = streams.length === 1 && isKnown && end <= blob.size;
    if (await isFile(blob, end)) next = end;
    if (next || !isKnown) break;
  }
  if (!streams.length) throw notDescribed(name);
  const isPlayed = spells(start, 0, 'RIFF') && isWhole && !next && Boolean(format.isUsual);
  return { streams, isPlayed, next };
}

function formatOf(view, length, little, name) {
  const seen = Math.min(length, view.byteLength);
  if (seen < 16) throw notDescribed(name);
  let format = view.getUint16(0, little);
  if (format === EXTENSIBLE && seen >= 26) format = view.getUint16(24, little);
  const channels = view.getUint16(2, little);
  const rate = view.getUint32(4, little);
  const block = view.getUint16(12, little);
  if (ADPCM[format] && little) return { rate, channels, kind: ADPCM[format], block };
  if (!FORMS[format]) throw otherSamples(name, OTHERS[format] ?? `format ${format}`);
  const bits = view.getUint16(14, little);
  let size = Math.ceil(bits / 8);
  if (bits === 24 && block === 4 * channels) size = 4;
  if (format === 6 || format === 7) size = 1; // whatever it says
  const form = format === 1 && size === 1 ? 'unsigned' : FORMS[format];
  return { rate, channels, form, size, isUsual: size < 8 && block === channels * size };
}
