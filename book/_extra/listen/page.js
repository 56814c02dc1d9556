// The interface: three ways for a sound to come in, and what was heard in it.
import { makeBars } from './bars.js';
import { hear, picture } from './listener.js';
import * as microphone from './microphone.js';
import { whole } from './pieces.js';
import { resultView } from './result.js';
import * as sound from './sound.js';
import { template } from './template.js';
import * as troubles from './troubles.js';
import { wavOf } from './wave.js';
import { startsOf, verdictOf } from './windows.js';
import { nameOf, share, verdictWords, windowCount } from './words.js';

const TICK = 500; // ms from one live answer to the next

/** Put the interface into an element. Its `dataset.state` is idle, working, live, done or error;
 * its `result` is what was heard last, and an event "heard" brings it. */
export async function mount(element) {
  const about = await (await fetched('model/about.json')).json();
  element.innerHTML = template();
  const part = {};
  for (const found of element.querySelectorAll('[data-part]')) {
    part[found.dataset.part.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = found;
  }
  const view = resultView(part, about);
  const setBars = makeBars(part.bars, about);
  let current = new AbortController(); // of the sound that is being worked on
  let stopRecording = null; // while the microphone is on

  for (const { file, name } of about.clips) part.clip.add(new Option(name, file));
  for (const label of about.classes) part.class.add(new Option(nameOf(label), label));
  part.mostMicrophone.textContent = `at most ${microphone.LONGEST} s`;

  part.clip.addEventListener('change', () => {
    const clip = about.clips[part.clip.selectedIndex - 1];
    if (clip) run((signal) => fromClip(clip, signal));
  });
  part.file.addEventListener('change', () => {
    const [file] = part.file.files;
    part.file.value = ''; // so that the same file can be chosen again
    if (file) run((signal) => fromFile(file, signal));
  });
  acceptDrops(element, part.drop, (file) => run((signal) => fromFile(file, signal)));
  part.microphone.addEventListener('click', () => {
    if (stopRecording) stopRecording();
    else run(fromMicrophone);
  });
  part.cancel.addEventListener('click', () => {
    current.abort();
    reset('idle');
    part.clip.focus();
  });
  reset('idle');

  // One sound at a time: a new one takes the place of the one that is being worked on.
  async function run(task) {
    current.abort();
    const work = new AbortController();
    current = work;
    reset('working');
    try {
      await task(work.signal);
    } catch (error) {
      if (work.signal.aborted) return;
      work.abort(); // whatever else belongs to it
      reset('error');
      if (!(error instanceof troubles.Trouble)) console.warn(error);
      complain(error instanceof troubles.Trouble ? error : troubles.unknown(error));
      part.again.hidden = false;
      part.again.onclick = () => {
        part.status.focus(); // the button goes away
        run(task);
      };
    }
  }

  async function fromClip({ file, name }, signal) {
    tell(`Listening to “${name}” …`);
    const blob = await (await fetched(file, signal)).blob();
    await listenTo(blob, name, signal);
  }

  async function fromFile(file, signal) {
    part.clip.value = '';
    if (!file) throw troubles.notFile();
    tell(`Listening to ${file.name} …`);
    await listenTo(file, file.name, signal);
  }

  async function listenTo(blob, name, signal) {
    part.progressLabel.textContent = 'Decoding';
    await judge(await sound.open(blob, name, signal), blob, signal);
  }

  async function fromMicrophone(signal) {
    part.clip.value = '';
    part.progressLabel.textContent = 'The browser may ask whether this page may listen';
    tell('Waiting for the microphone …');
    const recorder = await microphone.open(signal);
    await live(recorder, signal);
    const wave = recorder.stop();
    reset('working');
    tell('Listening to your recording …');
    const blob = wavOf(wave, recorder.rate);
    await judge(whole(wave, recorder.rate), blob, signal);
  }

  // Say what is heard while the microphone is on, until it is stopped.
  async function live(recorder, signal) {
    reset('live');
    part.microphone.textContent = 'Stop';
    part.hearing.textContent = 'Hearing …';
    part.heard.textContent = 'The microphone is on.';
    const listening = new AbortController();
    signal.addEventListener('abort', () => listening.abort());
    const stopped = new Promise((resolve) => {
      listening.signal.addEventListener('abort', resolve);
    });
    stopRecording = () => listening.abort();
    recorder.ended.then(stopRecording);
    while (!listening.signal.aborted) {
      const next = new Promise((resolve) => setTimeout(resolve, TICK));
      part.elapsed.textContent = `· ${Math.floor(recorder.seconds())} s so far`;
      if (recorder.seconds() >= about.shortest) {
        const last = whole(recorder.last(about.samples / about.sr), recorder.rate);
        try {
          showLive((await hear(last, about, { signal: listening.signal })).windows);
        } catch (error) {
          if (!listening.signal.aborted) throw error;
        }
      }
      await Promise.race([stopped, next]);
    }
    signal.throwIfAborted();
  }

  function showLive(windows) {
    const answer = verdictOf(windows, about);
    const [name, rest] = verdictWords(answer, about);
    part.hearing.replaceChildren('Hearing: ', strong(name), rest.replace(', probability', ''));
    part.hearing.classList.toggle('listen-none', Boolean(answer.reason));
    // Read out only when it changes.
    const heard = `Hearing ${answer.reason === 'silent' ? 'silence' : name}.`;
    if (part.heard.textContent !== heard) part.heard.textContent = heard;
    showBars('Probability now', answer.confidence);
  }

  async function judge(input, blob, signal) {
    const { seconds } = input;
    if (Math.round(1000 * seconds) < 1000 * about.shortest) {
      throw troubles.tooShort(seconds, about.shortest);
    }
    part.progressLabel.textContent = 'Loading the network';
    const count = startsOf(seconds * about.sr, about).length;
    const heard = await hear(input, about, {
      signal,
      onWindow(index) {
        part.progressLabel.textContent = `Window ${index + 1} of ${count}`;
        part.progress.max = count;
        part.progress.value = index + 1;
      },
    });
    const result = { ...verdictOf(heard.windows, about), ...heard, classes: about.classes };
    reset('done');
    const [name, rest] = verdictWords(result, about);
    part.status.replaceChildren(strong(name), rest);
    part.status.classList.toggle('listen-none', Boolean(result.reason));
    const asked = result.windows.filter((window) => !window.silent).length;
    if (asked) showBars(`Mean over ${windowCount(asked, about)}`, result.confidence);
    else complain(troubles.silent(about.silent_db));
    view.show(result, blob, (start, options) => picture(input, start, about, options));
    element.result = result;
    element.dispatchEvent(new CustomEvent('heard', { bubbles: true, detail: result }));
  }

  function showBars(title, probabilities) {
    part.mean.hidden = false;
    part.meanTitle.textContent = `${title}; the line is the threshold, ${share(about.threshold)}`;
    setBars(probabilities);
  }

  function tell(text) {
    part.status.textContent = text;
  }

  function complain(trouble) {
    part.alert.textContent = trouble.message;
  }

  function reset(state) {
    stopRecording = null;
    element.result = null;
    element.dataset.state = state;
    for (const region of [part.status, part.alert, part.heard]) region.textContent = '';
    part.microphone.textContent = 'Listen to the microphone';
    part.elapsed.textContent = '';
    part.again.hidden = true;
    part.mean.hidden = true;
    part.hearing.hidden = state !== 'live';
    part.working.hidden = state !== 'working';
    part.progressLabel.textContent = '';
    part.progress.removeAttribute('value'); // nobody knows how long yet
    view.clear();
  }
}

async function fetched(name, signal) {
  try {
    const response = await fetch(new URL(name, import.meta.url), { signal });
    if (response.ok) return response;
  } catch {
    signal?.throwIfAborted();
  }
  throw troubles.noFile(`listen/${name}`);
}

// Anywhere on the element; the zone shows that it may be dropped. Without a file the handler is
// called with none.
function acceptDrops(element, zone, handle) {
  let inside = 0; // elements under the pointer, one in the other
  const over = (by) => (event) => {
    event.preventDefault();
    inside += by;
    zone.classList.toggle('listen-over', inside > 0);
  };
  element.addEventListener('dragenter', over(1));
  element.addEventListener('dragleave', over(-1));
  element.addEventListener('dragover', (event) => event.preventDefault());
  element.addEventListener('drop', (event) => {
    event.preventDefault();
    inside = 0;
    zone.classList.remove('listen-over');
    handle(event.dataTransfer.files[0]);
  });
}

function strong(text) {
  const element = document.createElement('strong');
  element.textContent = text;
  return element;
}
