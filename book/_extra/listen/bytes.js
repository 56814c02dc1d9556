// Looks at the bytes of files.

/** So many bytes of a file from a place on; fewer where it ends. */
export async function read(blob, at, count) {
  return new Uint8Array(await blob.slice(at, at + count).arrayBuffer());
}

/** Does this word stand at that place? */
export function spells(bytes, at, word) {
  return find(bytes.subarray(at, at + word.length), word) === 0;
}

/** Where a word stands first, or -1. */
export function find(bytes, word) {
  const codes = Array.from(word, (letter) => letter.charCodeAt(0));
  const end = bytes.length - codes.length;
  for (let at = bytes.indexOf(codes[0]); at >= 0 && at <= end; ) {
    if (codes.every((code, i) => bytes[at + i] === code)) return at;
    at = bytes.indexOf(codes[0], at + 1);
  }
  return -1;
}

/** The same bytes as numbers of more than one of them. */
export function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Where the tags "ID3" end that stand at that place; the place itself where there are none. */
export function afterTags(bytes, at) {
  while (spells(bytes, at, 'ID3')) {
    const size = [6, 7, 8, 9].reduce((sum, i) => 128 * sum + (bytes[at + i] & 127), 0);
    at += 10 + size + (bytes[at + 5] & 16 ? 10 : 0); // the same once more at its end
  }
  return at;
}
