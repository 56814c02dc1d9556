// Opens a sound file of any kind, as a sound that comes in pieces, see pieces.js.
import { openAiff, openAu, openCaf } from './aiff.js';
import { flacFiles, oggLinks } from './chained.js';
import { runsOf } from './frames.js';
import { kindOf } from './kinds.js';
import { openLong, statedRate } from './long.js';
import { mixed } from './mono.js';
import { PIECE, cut, gather, inPieces } from './pieces.js';
import { flacHeader, oggRate } from './rate.js';
import { resample } from './resample.js';
import * as troubles from './troubles.js';
import { openWav } from './wav.js';
import { wavOf } from './wave.js';

const LARGEST = 4e9; // bytes; browsers fail at more, each in its way
const LONGEST = 15 * 60; // seconds that may be decoded whole: in stereo, half a gigabyte
const LARGE = 2e6; // bytes; a file of more is taken for long if it does not say how long it is
const LARGEST_WHOLE = 5e8; // bytes that may be decoded whole
const PLAYED = [3000, 384000]; // Hz that browsers play
const USUAL = 44100; // Hz, where nothing says more
const AT_ONCE = 2 ** 20; // samples mixed before others get a turn
const CONVERTED = 10; // seconds resampled before others get one
const PATIENCE = 3000; // ms in which a player must say how long a file is
const ROUNDED = 0.1; // seconds that a stated length may be off

const UNCOMPRESSED = { wav: openWav, aiff: openAiff, au: openAu, caf: openCaf };

/** Open a file: { sound, played }, what is heard and a file of it that the browser plays. `sr` is the
 * rate at which the networks want it. */
export async function open(blob, name, sr, signal) {
  try {
    const { stream, isPlayed } = await streamOf(blob, name, sr, signal);
    const played = isPlayed ? blob : await wavOf(stream.blocks(0, Infinity), stream.rate);
    return { sound: await inPieces({ ...stream, blocks: readable(stream, name) }), played };
  } catch (error) {
    throw reading(error, name);
  }
}

// The blocks of a stream, which are read when they are wanted: the file may be gone by then.
function readable(stream, name) {
  return async function* blocks(begin, end) {
    try {
      yield* stream.blocks(begin, end);
    } catch (error) {
      throw reading(error, name);
    }
  };
}

function reading(error, name) {
  const isGone = ['NotFoundError', 'NotReadableError'].includes(error.name);
  return isGone ? troubles.notReadable(name) : error;
}

async function streamOf(blob, name, sr, signal) {
  if (!blob.size) throw troubles.noSound(name);
  if (blob.size > LARGEST) throw troubles.tooLarge(name, blob.size, LARGEST);
  const { kind, start } = await kindOf(blob);
  if (!kind) throw troubles.notSound(name);
  const streams = [];
  if (UNCOMPRESSED[kind]) {
    const isPlayed = await addSamples(streams, blob.slice(start), kind, name, signal);
    const [{ rate }] = streams;
    const isUsual = rate >= PLAYED[0] && rate <= PLAYED[1];
    if (streams.length === 1 && isUsual) return { stream: streams[0], isPlayed };
    return { stream: joined(streams.map((stream) => at(sr, stream)), sr), isPlayed: false };
  }
  let isPlayed = true;
  for (const part of await partsOf(kind, blob, start, signal)) {
    const stream = await openPart({ ...part, name, signal });
    if (part.isMeasured && stream.seconds > part.seconds + ROUNDED) isPlayed = false;
    streams.push(stream);
  }
  if (!streams.length) throw troubles.notSound(name);
  if (streams.length === 1) return { stream: streams[0], isPlayed };
  return { stream: joined(streams.map((stream) => at(sr, stream)), sr), isPlayed: false };
}

// Add the streams of a file of samples, and of those that were joined to it; does a browser play it?
async function addSamples(streams, blob, kind, name, signal) {
  const opened = await UNCOMPRESSED[kind](blob, name, signal);
  streams.push(...opened.streams);
  if (opened.next === null) return opened.isPlayed;
  const rest = blob.slice(opened.next);
  return addSamples(streams, rest, (await kindOf(rest)).kind, name, signal);
}

// The files that a file consists of, each with its rate, and its length where that is certain.
async function partsOf(kind, blob, start, signal) {
  switch (kind) {
    case 'flac':
      return all(await flacFiles(blob, start, signal), async (file) => {
        const { rate, samples } = await flacHeader(file);
        return { blob: file, rate, seconds: samples / rate, isMeasured: true };
      });
    case 'ogg':
      return all(await oggLinks(blob, signal), async (link) => ({ blob: link, rate: await oggRate(link) }));
    case 'mp3':
    case 'aac': {
      const runs = await runsOf(blob, signal);
      return all(runs, async ({ begin, end, rate, seconds }) => {
        const part = blob.slice(begin, end);
        // The decoder of AAC may double the rate that the frames state.
        return { blob: part, rate: (kind === 'aac' && await statedRate(part)) || rate, seconds };
      });
    }
    default:
      return [{ blob, rate: await statedRate(blob) }];
  }
}

const all = (items, work) => Promise.all(items.map(work));

async function openPart({ blob, rate, seconds, isMeasured, name, signal }) {
  const said = seconds || await playerSeconds(blob, signal);
  let stream = null;
  if (said > PIECE || (!said && blob.size > LARGE)) {
    stream = await openLong(blob, name, signal);
    if (!stream && said > LONGEST) throw troubles.tooLong(name, said, LONGEST);
    if (!stream && blob.size > LARGEST_WHOLE) throw troubles.tooLarge(name, blob.size, LARGEST_WHOLE);
  }
  stream ??= await decode(blob, rate ?? USUAL, name, signal);
  return isMeasured ? complete(stream, seconds, name) : stream;
}

async function decode(blob, rate, name, signal) {
  const bytes = await blob.arrayBuffer();
  signal.throwIfAborted();
  let buffer;
  try {
    buffer = await decoderAt(rate).decodeAudioData(bytes);
  } catch {
    throw troubles.notSound(name);
  }
  signal.throwIfAborted();
  const wave = await gather(mixed(channelsOf(buffer, signal), name));
  const { sampleRate } = buffer;
  async function* blocks(begin, end) {
    const [first, last] = [begin, end].map((seconds) => Math.round(seconds * sampleRate));
    yield wave.subarray(first, Math.min(last, wave.length));
  }
  return { seconds: wave.length / sampleRate, rate: sampleRate, blocks };
}

// At a rate that the browser does not take, it decodes to a usual one.
function decoderAt(rate) {
  try {
    return new OfflineAudioContext(1, 1, rate);
  } catch {
    return new OfflineAudioContext(1, 1, USUAL);
  }
}

async function* channelsOf(buffer, signal) {
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, k) => buffer.getChannelData(k));
  for (let begin = 0; begin < buffer.length; begin += AT_ONCE) {
    yield channels.map((wave) => wave.subarray(begin, begin + AT_ONCE));
    await othersTurn();
    signal.throwIfAborted();
  }
}

// A stream at another rate.
function at(sr, { seconds, rate, blocks }) {
  async function* converted(begin, end) {
    for await (const { wave, from, to } of cut(blocks(begin, end), rate, CONVERTED)) {
      yield resample(wave, rate, sr).subarray(from * sr, to * sr);
      await othersTurn();
    }
  }
  return { seconds, rate: sr, blocks: converted };
}

// One stream after the other.
function joined(streams, rate) {
  async function* blocks(begin, end) {
    let before = 0;
    for (const stream of streams) {
      const [from, to] = [begin - before, end - before];
      if (from < stream.seconds && to > 0) yield* stream.blocks(Math.max(0, from), to);
      before += stream.seconds;
    }
  }
  return { seconds: streams.reduce((sum, stream) => sum + stream.seconds, 0), rate, blocks };
}

// A stream that must be as long as is stated.
function complete({ seconds, rate, blocks }, stated, name) {
  async function* checked(begin, end) {
    let count = 0;
    for await (const block of blocks(begin, end)) {
      count += block.length;
      yield block;
    }
    if (end === Infinity && begin + count / rate < stated - ROUNDED) throw troubles.cutShort(name);
  }
  return { seconds, rate, blocks: checked };
}

// How long a player takes the file to be, which costs no decoding; 0 where it does not say.
function playerSeconds(blob, signal) {
  const player = new Audio();
  const address = URL.createObjectURL(blob);
  return new Promise((resolve) => {
    const answer = () => resolve(Number.isFinite(player.duration) ? player.duration : 0);
    for (const kind of ['loadedmetadata', 'error']) player.addEventListener(kind, answer);
    signal.addEventListener('abort', answer, { once: true });
    setTimeout(answer, PATIENCE);
    player.preload = 'metadata';
    player.src = address;
  }).finally(() => {
    player.removeAttribute('src');
    URL.revokeObjectURL(address);
  });
}

function othersTurn() {
  return new Promise((resolve) => setTimeout(resolve));
}
