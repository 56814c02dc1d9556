// Goes through files of chunks: a name, a size, and so many bytes.
import { read, viewOf } from './bytes.js';
import { samplesKind } from './kinds.js';

const MOST = 1000; // chunks
const SEEN = 64; // bytes of a chunk that are looked at

/** How the chunks of a kind of file are written. `sizeOf(view, at)` reads a size; `nameLength` is
 * that of a name, `sizeLength` that of a size, and every chunk begins at a multiple of `even`. */
export const RIFF = {
  nameLength: 4, sizeLength: 4, even: 2, sizeOf: (view, at) => view.getUint32(at, true),
};
export const IFF = { ...RIFF, sizeOf: (view, at) => view.getUint32(at, false) };
export const CAF = {
  nameLength: 4, sizeLength: 8, even: 1, sizeOf: (view, at) => Number(view.getBigInt64(at, false)),
};
export const WAVE64 = { // a size there is that of all of the chunk
  nameLength: 16, sizeLength: 8, even: 8,
  sizeOf: (view, at) => Number(view.getBigUint64(at, true)) - 24,
};

/** The chunks from a byte on: { name, at, size, begin, view }: where it stands, where what it holds
 * begins, and the first bytes of that. */
export async function* chunksOf(blob, at, form) {
  const head = form.nameLength + form.sizeLength;
  for (let count = 0; count < MOST; count++) {
    const bytes = await read(blob, at, head + SEEN);
    if (bytes.length < head) return;
    const name = String.fromCharCode(...bytes.subarray(0, 4));
    const size = form.sizeOf(viewOf(bytes), form.nameLength);
    const begin = at + head;
    yield { name, at, size, begin, view: viewOf(bytes.subarray(head)) };
    at = begin + Math.ceil(Math.max(0, size) / form.even) * form.even;
  }
}

/** Does a file of samples begin at a byte? It was joined to what stands before it. */
export async function isFile(blob, at) {
  return samplesKind(await read(blob, at, SEEN)) !== null;
}

/** Do chunks follow one another from a byte to the end of the file? */
export async function areChunks(blob, at, form) {
  for await (const { name, size, begin } of chunksOf(blob, at, form)) {
    if (size < 0 || /[^ -~]/.test(name)) return false;
    at = begin + size + (size % 2);
  }
  return at === blob.size || at === blob.size + 1;
}
