// The rules of helpers/classify.py: which windows of a recording are heard, and what they say
// together. `about` is model/about.json.

/** Where the windows of a recording of so many samples start, in samples. */
export function startsOf(length, about) {
  const starts = [];
  let start = 0;
  for (; start + about.samples <= length; start += about.hop) starts.push(start);
  if (length < about.samples) return [0];
  // A rest gets a window that ends with the recording, unless it is under a frame.
  const rest = length - (start - about.hop + about.samples);
  if (rest >= about.rest) starts.push(length - about.samples);
  return starts;
}

/** The level of a wave, where full scale is 1: its standard deviation, as a constant offset is no
 * sound. */
export function levelOf(wave) {
  let sum = 0;
  for (const sample of wave) sum += sample;
  const mean = sum / wave.length;
  let squares = 0;
  for (const sample of wave) squares += (sample - mean) ** 2;
  return Math.sqrt(squares / wave.length);
}

/** Is this window too quiet to vote? */
export function isSilent(wave, about) {
  return levelOf(wave) < 10 ** (about.silent_db / 20);
}

/** The verdict over windows, each with its `probabilities` and whether it is `silent`. */
export function verdictOf(windows, about) {
  const heard = windows.filter((window) => !window.silent);
  const confidence = about.classes.map((_, k) => {
    const sum = heard.reduce((total, window) => total + window.probabilities[k], 0);
    return sum / Math.max(1, heard.length);
  });
  const best = about.classes[bestOf(confidence)];
  let reason = null;
  if (!heard.length) reason = 'silent';
  else if (best === about.none) reason = 'something else';
  else if (Math.max(...confidence) < about.threshold) reason = 'not sure enough';
  return { verdict: reason ? null : best, reason, confidence };
}

/** Neighbouring windows with the same most probable class (null: silence), each from the middle
 * between two windows' middles to the next, in seconds, with its mean probability. */
export function passagesOf(windows, seconds, about) {
  const passages = [];
  windows.forEach((window, i) => {
    const k = window.silent ? null : bestOf(window.probabilities);
    const [begin, end] = boundsOf(windows, i, seconds, about);
    const last = passages.at(-1);
    const probability = k === null ? 0 : window.probabilities[k];
    if (last && last.k === k) {
      last.end = end;
      last.sum += probability;
      last.count += 1;
    } else {
      passages.push({ k, begin, end, sum: probability, count: 1 });
    }
  });
  return passages.map(({ k, begin, end, sum, count }) => (
    { name: k === null ? null : about.classes[k], begin, end, probability: sum / count }
  ));
}

/** From when to when window i is nearer than its neighbours, in seconds. */
export function boundsOf(windows, i, seconds, about) {
  const half = about.samples / about.sr / 2;
  const between = (a, b) => (a.start + b.start) / 2 + half;
  const begin = i === 0 ? 0 : between(windows[i - 1], windows[i]);
  const end = i === windows.length - 1 ? seconds : between(windows[i], windows[i + 1]);
  return [begin, end];
}

/** At most so many windows: where there are more, some neighbours are made one, with the mean of
 * their probabilities. */
export function atMost(most, windows) {
  const size = Math.ceil(windows.length / most);
  if (size <= 1) return windows;
  return Array.from({ length: Math.ceil(windows.length / size) }, (_, i) => {
    const group = windows.slice(i * size, (i + 1) * size);
    const heard = group.filter((window) => !window.silent);
    const probabilities = group[0].probabilities.map((_, k) => (
      heard.reduce((sum, window) => sum + window.probabilities[k], 0) / Math.max(1, heard.length)
    ));
    return { start: group[0].start, silent: !heard.length, probabilities };
  });
}

/** The number of the highest value, the first of equals. */
export function bestOf(values) {
  return values.indexOf(Math.max(...values));
}
