// Turns a sound file into samples: mono, at its own sampling rate.
import { openLong } from './long.js';
import { average } from './mono.js';
import { PIECE, whole } from './pieces.js';
import { rateOf } from './rate.js';
import { notNumbers, notSound, tooLong } from './troubles.js';

// Seconds of a file that may be decoded whole: in stereo, this takes half a gigabyte.
const LONGEST = 15 * 60;

const LARGE = 2e6; // bytes; a file of more is taken for long if it does not say how long it is
const AT_ONCE = 2 ** 20; // samples averaged before others get a turn
const PATIENCE = 3000; // ms in which a player must say how long a file is

/** Open a file: { seconds, rate, pieces }, see pieces.js. A long one comes piece by piece. */
export async function open(blob, name, signal) {
  const said = await statedSeconds(blob, signal);
  if (said > PIECE || (!said && blob.size > LARGE)) {
    const long = await openLong(blob, name, signal);
    if (long) return long;
    if (said > LONGEST) throw tooLong(name, said, LONGEST);
  }
  const { wave, rate } = await decode(blob, name, signal);
  return whole(wave, rate);
}

async function decode(blob, name, signal) {
  const bytes = await blob.arrayBuffer();
  signal.throwIfAborted();
  const rate = rateOf(bytes);
  let buffer;
  try {
    buffer = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
  } catch {
    throw notSound(name);
  }
  signal.throwIfAborted();
  const wave = await mono(buffer, signal);
  if (!wave) throw notNumbers(name);
  return { wave, rate: buffer.sampleRate };
}

// How long a player takes the file to be, which costs no decoding; 0 where it does not say.
function statedSeconds(blob, signal) {
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

// The mean of the channels; null where samples are not numbers.
async function mono(buffer, signal) {
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, i) => buffer.getChannelData(i));
  const wave = new Float32Array(buffer.length);
  for (let begin = 0; begin < wave.length; begin += AT_ONCE) {
    const end = Math.min(begin + AT_ONCE, wave.length);
    if (!average(channels, wave, begin, end)) return null;
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
  return wave;
}
