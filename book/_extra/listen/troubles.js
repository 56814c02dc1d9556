// What can go wrong, in words for the reader: what it is, and what to do.

/** An error whose message is shown as it is. */
export class Trouble extends Error {}

export const noExample = (id) =>
  new Trouble(`This page has no clip that is called ${id}. The link may be wrong, or older than the ` +
    'page: choose a clip.');

export const noFile = (name) =>
  new Trouble(`${name} could not be loaded. Check the connection, then try again.`);

export const noRuntime = (name, reason) =>
  new Trouble(`The network could not be started: ${name} failed (${reason}). Try again, or load ` +
    'the page again.');

export const noWorker = () =>
  new Trouble('The network could not be started: listen/worker.js could not be loaded. Check the ' +
    'connection, then try again.');

export const notSound = (name) =>
  new Trouble(`${name} is not a sound file, or of a kind that this browser cannot decode. WAV, ` +
    'AIFF, FLAC, MP3 and, in most browsers, Ogg, M4A, AAC and WebM can be decoded: choose another ' +
    `file, or convert it: ${conversion(name)}`);

export const otherSamples = (name, format) =>
  new Trouble(`${name} holds ${format}, which this page does not decode, nor do browsers. It reads WAV ` +
    'and AIFF of 8 to 32 bits, with floats, with A-law or µ-law, and WAV with ADPCM; the command ' +
    'which-instrument also GSM, G.721, MP3 in WAV, IMA ADPCM in AIFF and ALAC in CAF. Convert it: ' +
    `${conversion(name, '-c:a pcm_s16le ')}`);

export const notDescribed = (name) =>
  new Trouble(`${name} should describe its samples at its beginning, but what it says there is ` +
    'incomplete or damaged. Export it again.');

export const badRate = (name, rate) =>
  new Trouble(`${name} states ${rate} Hz, which is no sampling rate of sound. It may be damaged: ` +
    'export it again.');

export const cutShort = (name) =>
  new Trouble(`${name} is cut short: it states that it is longer. Copy or download it again.`);

export const noSound = (name) => new Trouble(`${name} is empty: it holds no sound.`);

export const notNumbers = (name) =>
  new Trouble(`${name} holds samples that are not numbers. Export it again.`);

export const notScaled = (name) =>
  new Trouble(`${name} holds floats far beyond full scale, which is 1; they seem to be whole numbers. ` +
    'Divide them by the largest (32,768 for 16 bits), or export the file as WAV of 16 bits.');

export const notFile = () => new Trouble('What you dropped is not a file. Drop a sound file.');

export const folder = (name) =>
  new Trouble(`${name} is a folder. Open it, choose the sound files in it, and drop these here.`);

export const noneHeard = () =>
  new Trouble('None of these files could be heard. The list says why.');

export const notReadable = (name) =>
  new Trouble(`${name} could not be read. It may have been moved, renamed or changed after you chose ` +
    'it, or this browser may not read it. Choose it again.');

export const tooLarge = (name, bytes, most) =>
  new Trouble(`${name} is too large: it has ${gigabytes(bytes)} GB, and this page can read no more ` +
    `than ${gigabytes(most)} GB of such a file. Cut it into shorter ones.`);

export const tooShort = (seconds, least) =>
  new Trouble(`That is too short, ${seconds.toFixed(2)} s. At least ${least} s are needed.`);

export const tooLong = (name, seconds, most) =>
  new Trouble(`${name} lasts ${Math.ceil(seconds / 60)} minutes, and this browser can decode a ` +
    `file of its kind only whole, which takes too much memory over ${most / 60} minutes. Cut it, ` +
    'convert it to WAV, or try a newer browser.');

export const silent = (decibels) =>
  new Trouble(`Nothing can be heard in it: its level is under ${-decibels} dB below the loudest ` +
    'possible all the time, so the network was not asked. If you recorded it, check that the ' +
    'microphone is not muted.');

export const nothingHeard = () => new Trouble('Nothing was heard yet. Choose a sound first.');

export const nothingToLearn = (name) =>
  new Trouble(`Nothing can be heard in ${name}, so there is nothing to learn from it.`);

export const enough = (most) =>
  new Trouble(`It has ${most} recordings, which is as many as it takes. Forget a class first.`);

export const notSecure = () =>
  new Trouble('A browser gives the microphone only to pages from https or localhost, and this ' +
    'one came another way. Open it by https, or choose a file.');

export const noMixer = () =>
  new Trouble('The browser does not begin to handle sound; some need a loudspeaker or headphones ' +
    'for that. Connect some, then try again, or choose a file.');

/** The trouble behind an error of getUserMedia. */
export function noMicrophone(error) {
  switch (error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new Trouble('The microphone was refused to this page. Allow it in the browser’s ' +
        'settings for this site (often a symbol beside the address), then try again.');
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new Trouble('No microphone was found. Connect one, then try again, or choose a file.');
    case 'NotReadableError':
    case 'AbortError':
      return new Trouble('The microphone gives no sound: another program may be using it. Close ' +
        'that program, then try again.');
    default:
      return new Trouble(`The microphone could not be used (${error.name}: ${error.message}).`);
  }
}

export const unknown = (error) =>
  new Trouble(`Something went wrong that this page does not know: ${error.message}. Try again.`);

const gigabytes = (bytes) => (bytes / 1e9).toFixed(1).replace(/\.0$/, '');

// The line that makes a WAV file of what ffmpeg knows, as a shell takes it.
function conversion(name, options = '') {
  const made = name.replace(/(.)\.[^.]*$/, '$1');
  const ending = name === `${made}.wav` ? '.converted.wav' : '.wav';
  return `ffmpeg -i ${quoted(name)} ${options}${quoted(made + ending)}`;
}

function quoted(name) {
  // ffmpeg takes -a for an option, and a: for the name of a protocol.
  const path = /^-|:/.test(name) ? `./${name}` : name;
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'"'"'`)}'`;
}
