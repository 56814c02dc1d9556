// Tells by its first bytes what kind of file it is: the ending of its name may be wrong.
import { afterTags, read, spells } from './bytes.js';
import { findFrame, frameAt } from './frames.js';

const SEARCHED = 65536; // bytes in which the sound must begin, as in Python

/** The kind of a file, 'wav', 'aiff', 'au', 'caf', 'flac', 'ogg', 'mp4', 'webm', 'mp3' or 'aac', and
 * where it begins after its tags: { kind, start }. `kind` is null where it is none of these. */
export async function kindOf(blob) {
  let start = 0;
  for (let next = -1; next !== start; ) {
    next = start;
    start += afterTags(await read(blob, start, 10), 0);
  }
  const bytes = await read(blob, start, SEARCHED);
  return { kind: samplesKind(bytes) ?? named(bytes) ?? framed(bytes), start };
}

/** The kind of a file of samples by its first bytes, 'wav', 'aiff', 'au' or 'caf'; null for others. */
export function samplesKind(bytes) {
  const has = (at, words) => words.some((word) => spells(bytes, at, word));
  if (has(0, ['RIFF', 'RIFX', 'RF64']) && has(8, ['WAVE'])) return 'wav';
  if (has(0, ['riff']) && has(24, ['wave'])) return 'wav'; // Wave64
  if (has(0, ['FORM']) && has(8, ['AIFF', 'AIFC'])) return 'aiff';
  if (has(0, ['.snd', 'dns.'])) return 'au';
  if (has(0, ['caff'])) return 'caf';
  return null;
}

function named(bytes) {
  const has = (at, words) => words.some((word) => spells(bytes, at, word));
  if (has(0, ['fLaC'])) return 'flac';
  if (has(0, ['OggS'])) return 'ogg';
  if (has(4, ['ftyp', 'moov', 'mdat', 'wide'])) return 'mp4';
  if (has(0, ['\x1aE\xdf\xa3'])) return 'webm';
  return null;
}

function framed(bytes) {
  const at = findFrame(bytes);
  return at < 0 ? null : frameAt(bytes, at).kind;
}
