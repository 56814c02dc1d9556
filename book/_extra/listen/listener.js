// The worker that hears, as functions with promises.
import { lengthAt } from './resample.js';
import { noRuntime, noWorker } from './troubles.js';
import { startsOf } from './windows.js';

const ADDRESS = new URL('worker.js', import.meta.url);
const OUTLINE = 600; // points of the drawing of a sound

let worker = null;
let jobs = 0;

/** Hear a sound, see pieces.js: `onWindow(index)` is told of each window that is done, and the
 * promise gives { windows, seconds, outline, milliseconds }. Windows that are not `pictured` are
 * without their pictures; so are those of a sound that comes piece by piece, for which there is
 * `picture`. Of two sounds at once the newer wins: `signal` is to be aborted for the older. */
export async function hear(sound, about, { signal, onWindow = () => {}, pictured }) {
  const { rate } = sound;
  const [windows, outline, times] = [[], [], []];
  let seconds = 0;
  for await (const { wave, begin, from, to } of sound.pieces) {
    signal.throwIfAborted();
    seconds = begin + wave.length / rate;
    const starts = startsOf(lengthAt(wave.length, rate, about.sr), about)
      .filter((start) => start >= from * about.sr && start < to * about.sr);
    const end = Math.min(to, wave.length / rate);
    const points = Math.ceil((OUTLINE * (end - from)) / Math.max(sound.seconds, end - from));
    const done = windows.length;
    const drawn = { from, to: end, points };
    const work = { wave, rate, starts, drawn, pictured: pictured && !sound.around };
    const heard = await ask(work, about, {
      signal,
      onWindow: (index) => onWindow(done + index),
    });
    for (const window of heard.windows) windows.push({ ...window, start: begin + window.start });
    outline.push(...heard.outline);
    times.push(...heard.times);
  }
  signal.throwIfAborted();
  const middle = times.sort((a, b) => a - b)[times.length >> 1] ?? null;
  return { windows, seconds, outline, milliseconds: middle };
}

/** The pictures of the window that starts at some second: { bands, mfcc, heat }. */
export async function picture(sound, start, about, { signal }) {
  const { wave, begin } = await sound.around(start, about.samples / about.sr);
  const starts = [Math.round((start - begin) * about.sr)];
  const drawn = { from: 0, to: 0, points: 0 };
  const work = { wave, rate: sound.rate, starts, drawn, pictured: true };
  return (await ask(work, about, { signal })).windows[0];
}

// Hear some windows of a wave.
function ask(work, about, { signal, onWindow = () => {} }) {
  signal.throwIfAborted();
  worker ??= new Worker(ADDRESS);
  const here = worker;
  const job = ++jobs;
  const windows = [];
  return new Promise((resolve, reject) => {
    const over = new AbortController(); // of listening to the worker
    function settle(done, value) {
      over.abort();
      done(value);
    }
    function fail(trouble) {
      // A worker that could not load is of no more use; the next try gets a new one.
      here.terminate();
      if (worker === here) worker = null;
      settle(reject, trouble);
    }
    signal.addEventListener('abort', () => {
      if (worker === here) here.postMessage({ job: null });
      settle(reject, signal.reason);
    }, { signal: over.signal });
    here.addEventListener('error', (event) => {
      event.preventDefault();
      fail(noWorker());
    }, { signal: over.signal });
    here.addEventListener('message', ({ data }) => {
      if (data.job !== job) return;
      if (data.trouble) return fail(noRuntime(data.trouble.file, data.trouble.reason));
      if (data.heard) return settle(resolve, { windows, ...data.heard });
      windows[data.index] = data.window;
      onWindow(data.index);
    }, { signal: over.signal });
    here.postMessage({ job, about, ...work }, [work.wave.buffer]);
  });
}
