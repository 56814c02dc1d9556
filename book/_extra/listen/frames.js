// Reads the headers of the frames that MP3 and raw AAC (ADTS) consist of. Each says its length, so
// that one leads to the next; nothing else in such a file can be relied on.
import { afterTags, read } from './bytes.js';

const MP3_RATES = [44100, 48000, 32000]; // of MPEG 1; half of it in MPEG 2, a quarter in 2.5
const AAC_RATES = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];
const KBITS = { // of a second, by layer, for MPEG 1 and for the others
  1: [[32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256]],
  2: [[32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]],
  3: [[32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]],
};
const AT_ONCE = 2 ** 22; // bytes read in one go
const LONGEST = 8192; // bytes of a frame, and more than its successors' headers
const TAG = 0x49; // with which the word "ID3" begins

/** The frame whose header stands at that place: { kind, rate, channels, samples, length }, `kind`
 * being 'mp3' or 'aac'; null where there is none. */
export function frameAt(bytes, at) {
  if (at + 7 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xe0) !== 0xe0) return null;
  return (bytes[at + 1] & 0xf6) === 0xf0 ? aac(bytes, at) : mp3(bytes, at);
}

/** Where the first frame stands from a place on, -1 for nowhere: bytes that look like one by
 * chance are not followed by others of the same kind. */
export function findFrame(bytes, from = 0) {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (isFirm(bytes, at)) return at;
  }
  return -1;
}

/** The runs of frames alike in rate and channels: [{ begin, end, rate, seconds }], the first two in
 * bytes. There is more than one where files were joined to one, and none where frames do not follow
 * one another, as in a film. */
export async function runsOf(blob, signal) {
  const runs = [];
  let run = null;
  let [frames, breaks, end] = [0, 0, 0];
  let at = 0;
  while (at < blob.size) {
    const bytes = await read(blob, at, AT_ONCE);
    signal.throwIfAborted();
    const last = at + bytes.length === blob.size;
    const most = last ? bytes.length : bytes.length - LONGEST;
    let i = 0;
    while (i < most) {
      const frame = frameAt(bytes, i);
      const alike = frame && run && frame.rate === run.rate && frame.channels === run.channels;
      if (frame && (alike || isFirm(bytes, i))) {
        if (!alike) {
          run = { begin: at + i, rate: frame.rate, channels: frame.channels, samples: 0 };
          runs.push(run);
        }
        frames += 1;
        if (end !== at + i) breaks += 1;
        run.samples += frame.samples;
        i += frame.length;
        end = at + i;
        run.end = Math.min(end, blob.size);
        continue;
      }
      const next = afterTags(bytes, i);
      if (next > i) {
        i = next;
        continue;
      }
      const found = bytes.subarray(i + 1).findIndex((byte) => byte === 0xff || byte === TAG);
      i = found < 0 ? most : i + 1 + found;
    }
    at += i;
  }
  if (10 * breaks > frames + 20) return [];
  return runs.map(({ begin, end, rate, samples }) => ({ begin, end, rate, seconds: samples / rate }));
}

// A frame that is followed by two more of its kind.
function isFirm(bytes, at) {
  const first = frameAt(bytes, at);
  let next = first;
  for (let count = 0; next && count < 2; count++) {
    at += next.length;
    next = frameAt(bytes, at);
    if (next?.kind !== first.kind || next.rate !== first.rate) return false;
  }
  return Boolean(next);
}

function mp3(bytes, at) {
  const version = (bytes[at + 1] >> 3) & 3; // 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5
  const layer = 4 - ((bytes[at + 1] >> 1) & 3);
  const index = bytes[at + 2] >> 4;
  const highest = MP3_RATES[(bytes[at + 2] >> 2) & 3];
  if (version === 1 || layer === 4 || index === 0 || index === 15 || !highest) return null;
  const rate = highest / [4, 1, 2, 1][version];
  const perSecond = 1000 * KBITS[layer][version === 3 ? 0 : 1][index - 1];
  const padding = (bytes[at + 2] >> 1) & 1;
  let samples = 1152;
  if (layer === 1) samples = 384;
  if (layer === 3 && version !== 3) samples = 576;
  const slot = layer === 1 ? 4 : 1; // bytes
  const length = slot * (Math.floor((samples * perSecond) / (8 * slot * rate)) + padding);
  return { kind: 'mp3', rate, channels: bytes[at + 3] >> 6 === 3 ? 1 : 2, samples, length };
}

function aac(bytes, at) {
  const rate = AAC_RATES[(bytes[at + 2] >> 2) & 15];
  const channels = ((bytes[at + 2] & 1) << 2) | (bytes[at + 3] >> 6);
  const length = ((bytes[at + 3] & 3) << 11) | (bytes[at + 4] << 3) | (bytes[at + 5] >> 5);
  if (!rate || length < 8) return null;
  return { kind: 'aac', rate, channels, samples: 1024 * ((bytes[at + 6] & 3) + 1), length };
}
