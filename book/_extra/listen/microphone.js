// Records from the microphone.
import { noFile, noMicrophone, noMixer, notSecure } from './troubles.js';

/** Seconds that a recording may last. */
export const LONGEST = 60;

const PATIENCE = 3000; // ms in which the browser must begin to handle sound

/** Open the microphone: { rate, seconds(), last(seconds), stop(), ended }. `ended` is a promise
 * for a microphone that goes away by itself, or that has recorded LONGEST seconds. `onPiece(piece,
 * rate)` gets the samples as they come. */
export async function open(signal, onPiece) {
  if (!window.isSecureContext || !navigator.mediaDevices) throw notSecure();
  const context = new AudioContext(); // before anything is awaited: the click allows it
  let stream = null;
  const pieces = [];
  let count = 0;
  let isOpen = true;

  function close() {
    isOpen = false;
    stream?.getTracks().forEach((track) => track.stop());
    if (context.state !== 'closed') context.close();
  }
  try {
    stream = await ask();
    signal.throwIfAborted();
    await context.audioWorklet.addModule(new URL('tap.js', import.meta.url)).catch(() => {
      throw noFile('listen/tap.js');
    });
    await Promise.race([context.resume(), new Promise((r) => setTimeout(r, PATIENCE))]);
    if (context.state !== 'running') throw noMixer();
    signal.throwIfAborted();
  } catch (error) {
    close();
    throw error;
  }
  signal.addEventListener('abort', close, { once: true });

  const source = context.createMediaStreamSource(stream);
  const tap = new AudioWorkletNode(context, 'tap', { numberOfOutputs: 0 });
  const ended = new Promise((resolve) => {
    stream.getAudioTracks()[0].addEventListener('ended', resolve);
    tap.port.onmessage = ({ data }) => {
      if (!isOpen) return;
      if (count >= LONGEST * context.sampleRate) return resolve();
      pieces.push(data);
      count += data.length;
      onPiece(data, context.sampleRate);
    };
  });
  source.connect(tap);

  /** The last so many seconds, or what there is. */
  function last(seconds) {
    const wanted = Math.min(count, Math.round(seconds * context.sampleRate));
    const wave = new Float32Array(wanted);
    let end = wanted;
    for (let i = pieces.length - 1; end > 0; i--) {
      const piece = pieces[i].subarray(Math.max(0, pieces[i].length - end));
      wave.set(piece, end - piece.length);
      end -= piece.length;
    }
    return wave;
  }
  return {
    rate: context.sampleRate,
    seconds: () => count / context.sampleRate,
    last,
    stop() {
      close();
      return last(Infinity);
    },
    ended,
  };
}

// As it sounds: what browsers do for speech would take the instrument away.
async function ask() {
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: plain });
  } catch (error) {
    throw noMicrophone(error);
  }
}
