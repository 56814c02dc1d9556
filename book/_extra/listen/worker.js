// Hears recordings off the main thread: resamples, cuts windows, asks the two networks.
// A classic worker, not a module: LiteRT loads its runtime by importScripts.
//
// It gets { job, about, wave, rate, starts, drawn, pictured }, or { job } alone to give up, and sends
// for each window { job, index, window }, at the end { job, heard }, or { job, trouble: { file,
// reason } }. `starts` are those of the windows, in samples at the networks' rate; `drawn` says which
// part's outline is wanted, { from, to } in seconds, and of how many points; `pictured`, whether
// windows bring their pictures: `bands`, `mfcc` and `heat`.
'use strict';

const RUNTIME = new URL('../vendor/litert/', self.location.href);
const MODEL = new URL('model/', self.location.href);

let newest; // the number of the job that is wanted; an older one stops at its next window
let loading; // the promise of what is loaded once

self.onmessage = async ({ data }) => {
  newest = data.job;
  if (!data.wave) return;
  try {
    loading ??= load();
    const tools = await loading;
    if (data.job === newest) await hear(data, tools); // a newer one may have come meanwhile
  } catch (error) {
    const { file = 'listen/worker.js', message } = error;
    self.postMessage({ job: data.job, trouble: { file, reason: message } });
  }
};

async function load() {
  const [tools, litert, mfcc, network, wasmBinary] = await Promise.all([
    Promise.all([named('listen/resample.js', () => import('./resample.js')),
      named('listen/windows.js', () => import('./windows.js')),
      named('listen/mel.js', () => import('./mel.js'))]),
    named('vendor/litert/index.js', () => import(new URL('index.js', RUNTIME).href)),
    bytesOf('mfcc.tflite', MODEL, 'listen/model/'),
    bytesOf('network.tflite', MODEL, 'listen/model/'),
    bytesOf('litert_wasm_compat_internal.wasm', RUNTIME, 'vendor/litert/'),
  ]);
  // The runtime would look for its file beside this one, and reports what it does as errors.
  self.Module = { wasmBinary, printErr: () => {} };
  // The networks run on the processor: do not wake up the graphics card, nor complain of none.
  const adapter = { limits: {}, features: new Set(), requestDevice: async () => null };
  Object.defineProperty(self.navigator, 'gpu', { value: { requestAdapter: async () => adapter } });
  const script = 'litert_wasm_compat_internal.js';
  await named(`vendor/litert/${script}`, () => litert.loadLiteRt(new URL(script, RUNTIME).href));

  async function ask(bytes, file) {
    const options = { accelerator: 'wasm' };
    const model = await named(file, () => litert.loadAndCompile(bytes, options));
    const [{ shape }] = model.getInputDetails();
    const names = model.getOutputDetails().map((output) => output.name);
    return async (values) => {
      const input = new litert.Tensor(values, shape);
      const outputs = await model.run(input);
      input.delete();
      return outputs.map((output, i) => {
        const made = { name: names[i], values: output.toTypedArray() };
        output.delete();
        return made;
      });
    };
  }
  const askMfcc = await ask(mfcc, 'listen/model/mfcc.tflite');
  const askNetwork = await ask(network, 'listen/model/network.tflite');
  return { ...Object.assign({}, ...tools), askMfcc, askNetwork };
}

async function hear({ job, about, wave, rate, starts, drawn, pictured }, tools) {
  const { length, part } = tools.resampler(rate, about.sr, wave);
  // What is shorter than a window is followed by zeros.
  const sound = new Float32Array(Math.max(length, about.samples));
  let filled = 0;
  function fillTo(end) {
    const piece = part(filled, end);
    for (let i = 0; i < piece.length; i++) sound[filled + i] = Math.max(-1, Math.min(1, piece[i]));
    filled = end;
  }
  const bands = tools.melBands(about.sr, about);
  const times = [];
  for (const [index, start] of starts.entries()) {
    fillTo(Math.min(start + about.samples, length));
    const samples = sound.slice(start, start + about.samples);
    const window = { start: start / about.sr, silent: tools.isSilent(samples, about) };
    if (window.silent) {
      window.probabilities = about.classes.map(() => 0);
    } else {
      const begin = performance.now();
      const [mfcc] = await tools.askMfcc(samples);
      const outputs = await tools.askNetwork(mfcc.values);
      times.push(performance.now() - begin);
      window.probabilities = [...pick(outputs, 'probabilities', about.classes.length)];
      window.features = [...pick(outputs, 'features', about.features)];
      if (pictured) {
        window.bands = bands.image(samples);
        window.mfcc = mfcc.values;
        window.heat = pick(outputs, 'heat', about.classes.length * window.bands.length);
      }
    }
    self.postMessage({ job, index, window });
    await othersTurn(); // a newer job may have come
    if (job !== newest) return;
  }
  fillTo(length);
  const [from, to] = [drawn.from, drawn.to].map((seconds) => Math.min(seconds * about.sr, length));
  self.postMessage({ job, heard: { times, outline: outlineOf(sound.subarray(from, to), drawn.points) } });
}

// A timer would wait for 4 ms, as long as a window takes.
const { port1, port2 } = new MessageChannel();
const waiting = []; // who gets a turn, in their order
port1.onmessage = () => waiting.shift()();

function othersTurn() {
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });
}

function pick(outputs, name, size) {
  const found = outputs.find((output) => output.name === name)
    ?? outputs.find((output) => output.values.length === size);
  return found.values;
}

// The highest level in each of some equal parts.
function outlineOf(sound, most) {
  const points = Math.min(most, sound.length);
  return Float32Array.from({ length: points }, (_, i) => {
    let highest = 0;
    const end = Math.floor(((i + 1) * sound.length) / points);
    for (let n = Math.floor((i * sound.length) / points); n < end; n++) {
      highest = Math.max(highest, Math.abs(sound[n]));
    }
    return highest;
  });
}

async function bytesOf(name, folder, shown) {
  return named(shown + name, async () => {
    const response = await fetch(new URL(name, folder));
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  });
}

// Does something with a file; if that fails, the error says with which.
async function named(file, work) {
  try {
    return await work();
  } catch (error) {
    throw Object.assign(new Error(error?.message ?? String(error)), { file });
  }
}
