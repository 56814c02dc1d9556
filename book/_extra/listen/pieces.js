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

/** The pieces of a sound that comes in blocks of samples. */
export async function* cut(blocks, rate) {
  const step = PIECE * rate;
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
      yield { wave: held.slice(), begin, from: from(), to: PIECE + REACH };
      held.copyWithin(0, step);
      filled -= step;
      begin += PIECE;
    }
  }
  yield { wave: held.slice(0, filled), begin, from: from(), to: Infinity };
}
