// The worker that hears, as a function with a promise.
import { noRuntime, noWorker } from './troubles.js';

const ADDRESS = new URL('worker.js', import.meta.url);

let worker = null;
let jobs = 0;

/** Hear a wave of some rate: `onWindow(index, count)` is told of each window that is done, and
 * the promise gives { windows, seconds, outline, milliseconds }. Of two at once the newer wins:
 * `signal` is to be aborted for the older. */
export function hear(wave, rate, about, { signal, onWindow = () => {} }) {
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
      onWindow(data.index, data.count);
    }, { signal: over.signal });
    here.postMessage({ job, about, wave, rate }, [wave.buffer]);
  });
}
