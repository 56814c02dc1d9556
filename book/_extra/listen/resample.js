// Changes the sampling rate of a wave as soxr does in its quality HQ, which helpers/audio.py uses:
// a windowed sinc that passes 91 % of the lower band and stops all of what would fold back.

const PASSED = 0.913; // of the lower of the two Nyquist frequencies
const STOPPED = 1;
const ATTENUATION = 120; // dB

/** How many samples so many become at another rate. */
export function lengthAt(length, from, to) {
  return Math.floor((length * to) / from + 0.5);
}

/** A function that gives part of a wave at another rate, and how long the whole will be. */
export function resampler(from, to, wave) {
  const divisor = greatestDivisor(from, to);
  const step = from / divisor; // sample n of the result lies at n * step / phases of the wave
  const phases = to / divisor;
  const length = lengthAt(wave.length, from, to);
  const kernel = from === to ? null : lowPass(Math.min(1, to / from), phases);

  function part(begin, end) {
    if (!kernel) return wave.slice(begin, end);
    const result = new Float32Array(end - begin);
    for (let n = begin; n < end; n++) {
      const position = n * step;
      const whole = Math.floor(position / phases);
      const taps = kernel.taps(position - whole * phases);
      const first = whole - kernel.reach + 1; // the wave's sample under the first tap
      const last = Math.min(taps.length, wave.length - first);
      let sum = 0;
      for (let i = Math.max(0, -first); i < last; i++) sum += taps[i] * wave[first + i];
      result[n - begin] = sum;
    }
    return result;
  }
  return { length, part };
}

/** A whole wave at another rate. */
export function resample(wave, from, to) {
  const { length, part } = resampler(from, to, wave);
  return part(0, length);
}

// The taps for a position between two samples, made when they are first needed: common rates
// have few positions, odd ones thousands.
function lowPass(band, phases) {
  const middle = (band * (PASSED + STOPPED)) / 2;
  const width = (band * (STOPPED - PASSED)) / 2;
  // Kaiser's formulas for the length and the shape of a window.
  const reach = Math.ceil((ATTENUATION - 8) / (2.285 * 2 * Math.PI * width) / 2) + 1;
  const beta = 0.1102 * (ATTENUATION - 8.7);
  const rows = new Map();

  function make(phase) {
    const row = new Float64Array(2 * reach);
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      const distance = i - reach + 1 - phase / phases; // in samples of the wave
      const inside = 1 - (distance / reach) ** 2;
      if (inside <= 0) continue;
      const angle = Math.PI * middle * distance;
      const sinc = distance === 0 ? 1 : Math.sin(angle) / angle;
      row[i] = sinc * bessel(beta * Math.sqrt(inside));
      sum += row[i];
    }
    return Float32Array.from(row, (tap) => tap / sum);
  }

  function taps(phase) {
    let row = rows.get(phase);
    if (!row) rows.set(phase, (row = make(phase)));
    return row;
  }
  return { reach, taps };
}

// The modified Bessel function of the first kind, order 0.
function bessel(x) {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestDivisor(a, b) {
  while (b) [a, b] = [b, a % b];
  return a;
}
