// Mel bands of a sound: the steps of helpers/features.py as far as the decibels, with the same
// filters. The scale is linear up to 1000 Hz, which is 15 mel, and logarithmic above.
const LINEAR = 200 / 3; // Hz of a mel up to there
const STEP = Math.log(6.4) / 27; // and how much a mel is above, as a logarithm

/** The height of a frequency in Hz on the mel scale. */
export function melOf(hertz) {
  return hertz < 1000 ? hertz / LINEAR : 15 + Math.log(hertz / 1000) / STEP;
}

/** The middle of a band in Hz. */
export function middleOf(band, about) {
  return hertzOf((melOf(about.sr / 2) * (band + 1)) / (about.n_mels + 1));
}

/** How high a frequency is in a picture of the bands, from 0 to 1. */
export function heightOf(hertz, about) {
  const bands = (melOf(hertz) / melOf(about.sr / 2)) * (about.n_mels + 1);
  return (bands - 0.5) / about.n_mels;
}

/** What makes mel bands of samples at some rate: { length, hop, levels(wave, begin), image(wave) }.
 * The bands are those of the networks; at another rate than theirs the frames last as long. */
export function melBands(rate, about) {
  const scale = rate / about.sr;
  const length = Math.round(about.win_length * scale);
  const hop = Math.round(about.hop_length * scale);
  const size = 2 ** Math.ceil(Math.log2(about.n_fft * scale));
  const fade = Float32Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
  const filters = filtersOf(size, rate, about);
  const powersOf = spectrum(size);

  /** The level of each band in dB, in the frame that begins at some sample. */
  function levels(wave, begin) {
    const faded = new Float64Array(size);
    const end = Math.min(length, wave.length - begin);
    for (let n = 0; n < end; n++) faded[n] = wave[begin + n] * fade[n];
    const powers = powersOf(faded);
    const found = new Float32Array(about.n_mels);
    filters.forEach(({ first, weights }, band) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * powers[first + i];
      found[band] = 10 * Math.log10(Math.max(sum, 1e-10));
    });
    return found;
  }

  /** A window's frames, one after the other, raised to `top_db` under the loudest. */
  function image(wave) {
    const found = new Float32Array(about.frames * about.n_mels);
    for (let i = 0; i < about.frames; i++) found.set(levels(wave, i * hop), i * about.n_mels);
    const floor = found.reduce((a, b) => Math.max(a, b)) - about.top_db;
    return found.map((level) => Math.max(level, floor));
  }
  return { length, hop, levels, image };
}

function hertzOf(mel) {
  return mel < 15 ? mel * LINEAR : 1000 * Math.exp(STEP * (mel - 15));
}

// Triangles between the middles of neighbouring bands, each of the same area.
function filtersOf(size, rate, about) {
  return Array.from({ length: about.n_mels }, (_, band) => {
    const [low, middle, high] = [band - 1, band, band + 1].map((each) => middleOf(each, about));
    const first = Math.ceil((low * size) / rate);
    const last = Math.min(Math.floor((high * size) / rate), size / 2);
    const weights = Float32Array.from({ length: Math.max(0, last - first + 1) }, (__, i) => {
      const hertz = ((first + i) * rate) / size;
      const rise = Math.min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
      return (2 * Math.max(0, rise)) / (high - low);
    });
    return { first, weights };
  });
}

// The powers of the frequencies of real samples, of which there are a power of two: a fast Fourier
// transform of half as many complex numbers, whose parts are the even and the odd samples.
function spectrum(size) {
  const count = size / 2;
  const bits = Math.log2(count);
  const turned = Uint32Array.from({ length: count }, (_, n) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) reversed |= ((n >> bit) & 1) << (bits - 1 - bit);
    return reversed;
  });
  const angles = Float64Array.from({ length: count + 1 }, (_, k) => (-2 * Math.PI * k) / size);
  const [cosines, sines] = [angles.map(Math.cos), angles.map(Math.sin)];
  return (samples) => {
    const real = new Float64Array(count);
    const imaginary = new Float64Array(count);
    for (let n = 0; n < count; n++) {
      real[n] = samples[2 * turned[n]];
      imaginary[n] = samples[2 * turned[n] + 1];
    }
    for (let half = 1; half < count; half *= 2) {
      const stride = size / (2 * half);
      for (let begin = 0; begin < count; begin += 2 * half) {
        for (let k = 0; k < half; k++) {
          const a = begin + k;
          const b = a + half;
          const cosine = cosines[k * stride];
          const sine = sines[k * stride];
          const x = real[b] * cosine - imaginary[b] * sine;
          const y = real[b] * sine + imaginary[b] * cosine;
          real[b] = real[a] - x;
          imaginary[b] = imaginary[a] - y;
          real[a] += x;
          imaginary[a] += y;
        }
      }
    }
    const powers = new Float64Array(count + 1);
    for (let k = 0; k <= count; k++) {
      const a = k % count;
      const b = (count - k) % count;
      const x = (imaginary[a] + imaginary[b]) / 2; // of the odd samples
      const y = (real[b] - real[a]) / 2;
      const across = (real[a] + real[b]) / 2 + x * cosines[k] - y * sines[k];
      const up = (imaginary[a] - imaginary[b]) / 2 + x * sines[k] + y * cosines[k];
      powers[k] = across ** 2 + up ** 2;
    }
    return powers;
  };
}
