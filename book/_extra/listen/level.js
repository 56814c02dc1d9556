// How loud the microphone is.
import { levelOf } from './windows.js';

/** The level in dB under full scale at which the meter begins. */
export const LOWEST = -60;

const QUIET = -45; // dB under full scale; what is silent is 15 dB below
const FULL = 0.985; // of full scale
const CUT = 3; // samples in a row at full scale: what was above them is cut off
const SPAN = 3; // seconds over which it is judged, as players breathe
const FIRST = 1; // seconds before it is judged

/** A meter of samples that come piece by piece. `push(piece)` gives { decibels, state }: the level of
 * the piece, and "silent", "quiet", "clips" or "good" by the loudest of the last seconds; null in the
 * first second. */
export function levelMeter(rate, about) {
  const recent = [];
  let count = 0;
  let run = 0;

  function push(piece) {
    const decibels = 20 * Math.log10(Math.max(levelOf(piece), 1e-5));
    recent.push({ decibels, clips: clips(piece) });
    if (recent.length * piece.length > SPAN * rate) recent.shift();
    count += piece.length;
    return { decibels, state: count < FIRST * rate ? null : judged() };
  }

  function clips(piece) {
    let longest = 0;
    for (const sample of piece) {
      run = Math.abs(sample) >= FULL ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest >= CUT;
  }

  function judged() {
    const loudest = Math.max(...recent.map((piece) => piece.decibels));
    if (recent.some((piece) => piece.clips)) return 'clips';
    if (loudest < about.silent_db) return 'silent';
    return loudest < QUIET ? 'quiet' : 'good';
  }
  return { push };
}
