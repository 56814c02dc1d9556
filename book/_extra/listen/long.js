// Reads long files piece by piece: decoded whole, they would fill the memory.
import { mixed } from './mono.js';
import { noFile, notSound } from './troubles.js';

const LIBRARY = 'vendor/mediabunny/mediabunny.min.mjs';

/** The sampling rate at which a file is decoded, in Hz, which may be twice what it states; the stated
 * one where this browser decodes none of its kind by pieces; null where it states none. */
export async function statedRate(blob) {
  const { track, rate } = await look(blob);
  return rate ?? (await track?.getSampleRate()) ?? null;
}

/** Open a file as a stream, see pieces.js; null where this browser can read files of its kind only
 * whole. */
export async function openLong(blob, name, signal) {
  const { sink, rate, track } = await look(blob);
  const seconds = rate && await track.computeDuration().catch(() => 0);
  signal.throwIfAborted();
  if (!seconds) return null;

  async function* channelsOf(begin, end) {
    try {
      for await (const sample of sink.samples(begin, end)) {
        const { sampleRate, timestamp, duration } = sample;
        const channels = wavesOf(sample);
        if (signal.aborted) return;
        const late = Math.max(0, Math.round((begin - timestamp) * sampleRate));
        const early = Math.max(0, Math.round((timestamp + duration - end) * sampleRate));
        const length = channels[0].length - late - early;
        if (length > 0) yield channels.map((wave) => wave.subarray(late, late + length));
      }
    } catch {
      throw notSound(name);
    }
  }

  function wavesOf(sample) {
    const channels = Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
      const wave = new Float32Array(sample.numberOfFrames);
      sample.copyTo(wave, { planeIndex, format: 'f32-planar' });
      return wave;
    });
    sample.close();
    return channels;
  }
  const blocks = (begin, end) => mixed(channelsOf(begin, end), name);
  return { seconds, rate, blocks };
}

// What the library finds in a file, and the rate of the first samples that the browser decodes.
async function look(blob) {
  const { ALL_FORMATS, AudioSampleSink, BlobSource, Input } = await library();
  const found = { track: null, sink: null, rate: null };
  try {
    const input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS });
    found.track = await input.getPrimaryAudioTrack();
    found.sink = new AudioSampleSink(found.track);
    for await (const sample of found.sink.samples()) {
      found.rate = sample.sampleRate;
      sample.close();
      break;
    }
  } catch {
    // the file is of a kind that the library or the browser does not know
  }
  return found;
}

async function library() {
  try {
    return await import(new URL(`../${LIBRARY}`, import.meta.url).href);
  } catch {
    throw noFile(LIBRARY);
  }
}
