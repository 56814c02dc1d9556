// Reads long files piece by piece: decoded whole, they would fill the memory.
import { average } from './mono.js';
import { REACH, cut } from './pieces.js';
import { Trouble, noFile, notNumbers, notSound } from './troubles.js';

const LIBRARY = 'vendor/mediabunny/mediabunny.min.mjs';

/** Open a file: { seconds, rate, pieces, around }, or null where this browser can read files of
 * its kind only whole. `around(start, length)` gives a part and what lies beside it. */
export async function openLong(blob, name, signal) {
  const { ALL_FORMATS, AudioSampleSink, BlobSource, Input } = await library();
  let sink, seconds;
  let rate = null; // that of the decoder, which may double what the file states
  try {
    const input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS });
    const track = await input.getPrimaryAudioTrack();
    sink = new AudioSampleSink(track);
    for await (const sample of sink.samples()) {
      rate = sample.sampleRate;
      sample.close();
      break;
    }
    seconds = await track.computeDuration();
  } catch {
    // the file is of a kind that the library or the browser does not know
  }
  signal.throwIfAborted();
  if (!rate || !seconds) return null;

  // Decoded blocks as mono, from a moment to another.
  async function* blocks(begin, end) {
    try {
      for await (const sample of sink.samples(begin, end)) {
        const { sampleRate, timestamp, duration } = sample;
        const wave = mono(sample);
        if (signal.aborted) return;
        const late = Math.max(0, Math.round((begin - timestamp) * sampleRate));
        const early = Math.max(0, Math.round((timestamp + duration - end) * sampleRate));
        if (late + early < wave.length) yield wave.subarray(late, wave.length - early);
      }
    } catch (error) {
      throw error instanceof Trouble ? error : notSound(name);
    }
  }

  function mono(sample) {
    const channels = Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
      const channel = new Float32Array(sample.numberOfFrames);
      sample.copyTo(channel, { planeIndex, format: 'f32-planar' });
      return channel;
    });
    const wave = new Float32Array(sample.numberOfFrames);
    sample.close();
    if (!average(channels, wave)) throw notNumbers(name);
    return wave;
  }

  async function around(start, length) {
    const begin = Math.max(0, Math.floor(start) - REACH);
    const parts = [];
    for await (const block of blocks(begin, start + length + REACH)) parts.push(block);
    const wave = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let filled = 0;
    for (const part of parts) {
      wave.set(part, filled);
      filled += part.length;
    }
    return { begin, wave };
  }
  return { seconds, rate, pieces: cut(blocks(0, Infinity), rate), around };
}

async function library() {
  try {
    return await import(new URL(`../${LIBRARY}`, import.meta.url).href);
  } catch {
    throw noFile(LIBRARY);
  }
}
