// Finds the files that were joined to one: an Ogg file may be a chain, others were put together.
import { find, read, spells } from './bytes.js';

const AT_ONCE = 2 ** 22; // bytes read in one go
const PAGE_HEAD = 27; // bytes of a page of Ogg before the lengths of its segments
const LONGEST = PAGE_HEAD + 255 + 255 * 255; // bytes of a page
const FIRST = 2; // the mark of a page that begins a stream
const FLAC = 'fLaC\0\0\0"'; // with its first block, which is always as long

/** The links of an Ogg file, each as a file of its own. */
export async function oggLinks(blob, signal) {
  const begins = [0];
  let wasFirst = true; // streams that sound together begin one after the other
  for (let at = 0; at < blob.size; ) {
    const bytes = await read(blob, at, AT_ONCE);
    signal.throwIfAborted();
    const most = bytes.length - (at + bytes.length < blob.size ? LONGEST : PAGE_HEAD);
    let i = 0;
    while (i <= most) {
      if (!spells(bytes, i, 'OggS')) {
        const next = find(bytes.subarray(i + 1), 'OggS');
        i = next < 0 ? most + 1 : i + 1 + next;
        continue;
      }
      const isFirst = Boolean(bytes[i + 5] & FIRST);
      if (isFirst && !wasFirst) begins.push(at + i);
      wasFirst = isFirst;
      const segments = bytes.subarray(i + PAGE_HEAD, i + PAGE_HEAD + bytes[i + 26]);
      i += PAGE_HEAD + segments.length + segments.reduce((sum, length) => sum + length, 0);
    }
    at += Math.max(i, 1);
  }
  return between(begins, blob);
}

/** The FLAC files of which a file consists. */
export async function flacFiles(blob, start, signal) {
  const begins = [start];
  let at = start + FLAC.length;
  while (at < blob.size) {
    const bytes = await read(blob, at, AT_ONCE);
    signal.throwIfAborted();
    const next = find(bytes, FLAC);
    if (next >= 0) begins.push(at + next);
    at += next >= 0 ? next + FLAC.length : Math.max(1, bytes.length - FLAC.length + 1);
  }
  return between(begins, blob);
}

function between(begins, blob) {
  return begins.map((begin, k) => blob.slice(begin, begins[k + 1] ?? blob.size));
}
