// Reads the headers of WAV files in all their forms (RIFF, RIFX, RF64, Wave64), also of recorders
// that never wrote how long they had recorded.
import { openAdpcm } from './adpcm.js';
import { read, spells } from './bytes.js';
import { IFF, RIFF, WAVE64, areChunks, chunksOf } from './chunks.js';
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

/** Open a WAV file: { stream, isPlayed }, see pieces.js; the latter says whether browsers play it. */
export async function openWav(blob, name, signal) {
  const start = await read(blob, 0, 4);
  const little = !spells(start, 0, 'RIFX');
  const wave64 = spells(start, 0, 'riff');
  let form = little ? RIFF : IFF;
  if (wave64) form = WAVE64;
  let format = null;
  let elsewhere = 0;
  for await (const chunk of chunksOf(blob, wave64 ? 40 : 12, form)) {
    const { view, begin } = chunk;
    if (chunk.name === 'ds64' && view.byteLength >= 16) elsewhere = Number(view.getBigUint64(8, true));
    if (chunk.name === 'fmt ') format = formatOf(view, little, name);
    if (chunk.name !== 'data' || !format) continue;
    const size = chunk.size === ELSEWHERE ? elsewhere : chunk.size;
    // A recorder that died has left the size empty.
    const isKnown = size > 0 || await areChunks(blob, begin, form);
    const end = isKnown ? begin + size : blob.size;
    const openAny = format.kind ? openAdpcm : openSamples;
    const stream = openAny(blob, { ...format, little, begin, end }, name, signal);
    const isWhole = isKnown && end <= blob.size;
    return { stream, isPlayed: spells(start, 0, 'RIFF') && isWhole && format.size < 8 };
  }
  throw notDescribed(name);
}

function formatOf(view, little, name) {
  if (view.byteLength < 16) throw notDescribed(name);
  let format = view.getUint16(0, little);
  if (format === EXTENSIBLE && view.byteLength >= 26) format = view.getUint16(24, little);
  const channels = view.getUint16(2, little);
  const rate = view.getUint32(4, little);
  const block = view.getUint16(12, little);
  if (ADPCM[format] && little) return { rate, channels, kind: ADPCM[format], block };
  const size = block / channels;
  const form = format === 1 && size === 1 ? 'unsigned' : FORMS[format];
  if (!form) throw otherSamples(name, OTHERS[format] ?? `format ${format}`);
  return { rate, channels, form, size };
}
