// Reads a sound file's own sampling rate from its header, so that the browser decodes it at that
// rate: its own resampling moves the probabilities.

const USUAL = 44100;
const SEARCHED = 65536; // bytes; pictures and tags may come before the sound

/** The sampling rate of a file's bytes in Hz; a usual one where the header is of another kind. */
export function rateOf(buffer) {
  const bytes = new Uint8Array(buffer);
  const start = afterTags(bytes);
  if (spells(bytes, start, 'fLaC')) return flac(bytes, start + 8);
  if (spells(bytes, 0, 'OggS')) return ogg(bytes);
  if (spells(bytes, 8, 'WAVE')) return wav(bytes);
  if (spells(bytes, 4, 'ftyp')) return mp4(bytes);
  if (bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf) return 48000; // WebM: Opus
  return mp3(bytes, start);
}

// Tags before MP3 or FLAC: "ID3", their size in four times seven bits.
function afterTags(bytes) {
  if (!spells(bytes, 0, 'ID3')) return 0;
  const size = (bytes[6] << 21) | (bytes[7] << 14) | (bytes[8] << 7) | bytes[9];
  return 10 + size;
}

function wav(bytes) {
  const view = viewOf(bytes);
  let at = 12; // the first chunk: its name, its size, its content
  while (at + 16 <= bytes.length) {
    if (spells(bytes, at, 'fmt ')) return sane(view.getUint32(at + 12, true));
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
  return USUAL;
}

// The stream's description has the rate in 20 bits, after the sizes of blocks and frames.
function flac(bytes, description) {
  const at = description + 10;
  return sane((bytes[at] << 12) | (bytes[at + 1] << 4) | (bytes[at + 2] >> 4));
}

function ogg(bytes) {
  const opus = find(bytes, 'OpusHead');
  if (opus >= 0) return 48000; // always decoded at this rate
  const vorbis = find(bytes, '\x01vorbis');
  if (vorbis >= 0 && vorbis + 16 <= bytes.length) {
    return sane(viewOf(bytes).getUint32(vorbis + 12, true));
  }
  const inside = find(bytes, 'fLaC');
  return inside >= 0 ? flac(bytes, inside + 8) : USUAL;
}

// The description of an AAC track holds it in whole Hz, followed by a fraction.
function mp4(bytes) {
  const at = find(bytes, 'mp4a', bytes.length);
  return at >= 0 ? sane((bytes[at + 28] << 8) | bytes[at + 29]) : USUAL;
}

// The first frame's header: eleven bits set, version, layer, ..., the rate's number.
function mp3(bytes, start) {
  const rates = [44100, 48000, 32000];
  const end = Math.min(bytes.length - 3, start + SEARCHED);
  for (let at = start; at < end; at++) {
    if (bytes[at] !== 0xff || (bytes[at + 1] & 0xe0) !== 0xe0) continue;
    const version = (bytes[at + 1] >> 3) & 3; // 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5
    const layer = (bytes[at + 1] >> 1) & 3;
    const rate = rates[(bytes[at + 2] >> 2) & 3];
    if (version !== 1 && layer !== 0 && rate) return rate / [4, 1, 2, 1][version];
  }
  return USUAL;
}

function sane(rate) {
  return rate >= 8000 && rate <= 192000 ? rate : USUAL;
}

function spells(bytes, at, word) {
  return find(bytes.subarray(at, at + word.length), word) === 0;
}

function find(bytes, word, searched = SEARCHED) {
  const codes = Array.from(word, (letter) => letter.charCodeAt(0));
  const end = Math.min(bytes.length, searched) - codes.length;
  for (let at = bytes.indexOf(codes[0]); at >= 0 && at <= end; ) {
    if (codes.every((code, i) => bytes[at + i] === code)) return at;
    at = bytes.indexOf(codes[0], at + 1);
  }
  return -1;
}

function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
