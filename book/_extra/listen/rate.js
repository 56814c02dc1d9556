// Reads a sound's own sampling rate from its header, so that the browser decodes it at that rate:
// its own resampling moves the probabilities.
import { find, read, viewOf } from './bytes.js';

const SEARCHED = 65536; // bytes
const OPUS = 48000; // always decoded at this rate

/** What the header of a FLAC file says: { rate, samples }; no samples are an unknown number. */
export async function flacHeader(blob) {
  return flac(await read(blob, 0, 64), 8);
}

/** The sampling rate of an Ogg file in Hz; null where it is of a kind that no browser decodes. */
export async function oggRate(blob) {
  const bytes = await read(blob, 0, SEARCHED);
  if (find(bytes, 'OpusHead') >= 0) return OPUS;
  const vorbis = find(bytes, '\x01vorbis');
  if (vorbis >= 0 && vorbis + 16 <= bytes.length) return viewOf(bytes).getUint32(vorbis + 12, true);
  const inside = find(bytes, 'fLaC');
  return inside >= 0 ? flac(bytes, inside + 8).rate : null;
}

// The stream's description has the rate in 20 bits, after the sizes of blocks and frames; eight
// bits later the number of samples in 36.
function flac(bytes, description) {
  const [a, b, c, d] = bytes.subarray(description + 10, description + 14);
  const low = bytes.subarray(description + 14, description + 18);
  return {
    rate: (a << 12) | (b << 4) | (c >> 4),
    samples: low.reduce((sum, byte) => 256 * sum + byte, d & 15),
  };
}
