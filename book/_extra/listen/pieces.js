// A decoded file is a stream { seconds, rate, blocks }: `blocks(begin, end)` gives its samples, mono,
// between two moments in seconds, some at a time.
//
// A sound comes in pieces { wave, begin, from, to }: samples from `begin` on, in seconds, of which
// `from` to `to`, counted from there, belong to this piece. What is beside that belongs to its
// neighbours, and lets windows and the resampler reach over the borders.

/** Seconds that belong to a piece. */
export const PIECE = 300;

/** Seconds of each neighbour that a piece holds: more than a window. */
export const REACH = 3;

/** A sound that lies in the memory, in one piece. */
export function whole(wave, rate) {
  return { seconds: wave.length / rate, rate, pieces: [{ wave, begin: 0, from: 0, to: Infinity }] };
}

/** A part of a sound that lies in the memory, and what lies beside it: { begin, wave }. */
export function partOf({ rate, pieces: [{ wave }] }, start, length) {
  const [begin, end] = reach(start, length);
  return { begin, wave: wave.slice(begin * rate, end * rate) };
}

// From where to where, in seconds, a part and what lies beside it go.
function reach(start, length) {
  return [Math.max(0, Math.floor(start) - REACH), start + length + REACH];
}

/** A stream as a sound { seconds, rate, pieces }. Of a long one there is also `around(start,
 * length)`, which promises { begin, wave }: a part and what lies beside it. */
export async function inPieces({ seconds, rate, blocks }) {
  if (seconds <= PIECE) return whole(await gather(blocks(0, Infinity)), rate);
  async function around(start, length) {
    const [begin, end] = reach(start, length);
    return { begin, wave: await gather(blocks(begin, end)) };
  }
  return { seconds, rate, pieces: cut(blocks(0, Infinity), rate), around };
}

/** All samples that come in blocks. */
export async function gather(blocks) {
  const parts = [];
  for await (const block of blocks) parts.push(block);
  const wave = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    wave.set(part, filled);
    filled += part.length;
  }
  return wave;
}

/** The pieces, of so many seconds, of a sound that comes in blocks of samples. */
export async function* cut(blocks, rate, length = PIECE) {
  const step = length * rate;
  const held = new Float32Array(step + 2 * REACH * rate);
  let filled = 0;
  let begin = 0;
  const from = () => (begin === 0 ? 0 : REACH);
  for await (const block of blocks) {
    for (let used = 0; used < block.length; ) {
      const count = Math.min(block.length - used, held.length - filled);
      held.set(block.subarray(used, used + count), filled);
      filled += count;
      used += count;
      if (filled < held.length) continue;
      yield { wave: held.slice(), begin, from: from(), to: length + REACH };
      held.copyWithin(0, step);
      filled -= step;
      begin += length;
    }
  }
  yield { wave: held.slice(0, filled), begin, from: from(), to: Infinity };
}
