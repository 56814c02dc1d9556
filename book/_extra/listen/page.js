// The interface: three ways for a sound to come in, and what was heard in it.
import { makeBars } from './bars.js';
import { acceptDrops } from './drops.js';
import { followLinks, linkButton } from './link.js';
import { fileList } from './list.js';
import { hear, picture } from './listener.js';
import * as microphone from './microphone.js';
import { whole } from './pieces.js';
import { resultView } from './result.js';
import { open } from './sound.js';
import { template } from './template.js';
import * as troubles from './troubles.js';
import { wavOf } from './wave.js';
import { startsOf, verdictOf } from './windows.js';
import { fileName, nameOf, share, verdictWords, windowCount } from './words.js';

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
  const list = fileList(part);
  const link = linkButton(part);
  let current = new AbortController(); // of what is being worked on
  let stopRecording = null; // while the microphone is on

  for (const { id, name } of about.clips) part.clip.add(new Option(name, id));
  for (const label of about.classes) part.class.add(new Option(nameOf(label), label));
  part.mostMicrophone.textContent = `at most ${microphone.LONGEST} s`;

  part.clip.addEventListener('change', () => {
    if (part.clip.value) openExample(part.clip.value);
  });
  part.file.addEventListener('change', () => {
    const files = Array.from(part.file.files, (file) => ({ name: file.name, blob: file }));
    part.file.value = ''; // so that the same file can be chosen again
    if (files.length) run((signal) => fromFiles(files, signal));
  });
  acceptDrops(element, part.drop, (files) => run((signal) => fromFiles(files, signal)));
  part.microphone.addEventListener('click', () => {
    if (stopRecording) stopRecording();
    else run(fromMicrophone);
  });
  part.cancel.addEventListener('click', () => {
    current.abort();
    list.clear();
    reset('idle');
    part.clip.focus();
  });
  reset('idle');
  followLinks((id) => {
    openExample(id);
    element.scrollIntoView();
  });

  function openExample(id) {
    run((signal) => fromClip(id, signal));
  }

  // One sound at a time: a new one takes the place of the one that is being worked on.
  async function run(task) {
    current.abort();
    const work = new AbortController();
    current = work;
    list.clear();
    link.show(null);
    reset('working');
    try {
      await task(work.signal);
    } catch (error) {
      if (work.signal.aborted) return;
      work.abort(); // whatever else belongs to it
      reset('error');
      complain(troubleOf(error));
      part.again.hidden = false;
      part.again.onclick = () => {
        part.status.focus(); // the button goes away
        run(task);
      };
    }
  }

  async function fromClip(id, signal) {
    part.clip.value = id;
    const clip = about.clips.find((example) => example.id === id);
    if (!clip) throw troubles.noExample(id);
    const { name, file } = clip;
    link.show(id);
    tell(`Listening to “${name}” …`);
    const blob = await (await fetched(file, signal)).blob();
    show(await heardIn(blob, name, signal));
  }

  async function fromFiles(given, signal) {
    part.clip.value = '';
    const files = given.map(({ name, blob }) => ({ name: fileName(name), blob }));
    if (!files.length) throw troubles.notFile();
    if (files.length > 1) return fromMany(files, signal);
    const [{ name, blob }] = files;
    tell(`Listening to ${name} …`);
    show(await heardIn(blob, name, signal));
  }

  // One after the other; the first that was heard is shown, any other when it is chosen.
  async function fromMany(files, signal) {
    list.start(files.map(({ name }) => name));
    const heard = [];
    for (const [i, { name, blob }] of files.entries()) {
      tell(`Listening to ${name}, ${i + 1} of ${files.length} …`);
      try {
        heard[i] = await heardIn(blob, name, signal);
        list.tell(i, verdictWords(heard[i].result, about).join(''));
      } catch (error) {
        signal.throwIfAborted();
        list.tell(i, troubleOf(error).message);
      }
    }
    const choose = (i) => {
      show(heard[i]);
      list.mark(i);
    };
    heard.forEach(({ result }, i) => {
      list.tell(i, verdictWords(result, about).join(''), () => choose(i));
    });
    const count = Object.keys(heard).length;
    list.end(`${count} of ${files.length} files were heard.`);
    if (!count) throw troubles.noneHeard();
    choose(Object.keys(heard)[0]);
  }

  async function heardIn(blob, name, signal) {
    if (!blob) throw troubles.folder(name);
    part.progressLabel.textContent = 'Decoding';
    part.progress.removeAttribute('value'); // nobody knows how long yet
    const { sound, played } = await open(blob, name, about.sr, signal);
    return judged(sound, played, signal);
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
    const played = await wavOf([wave], recorder.rate);
    show(await judged(whole(wave, recorder.rate), played, signal));
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

  // What is heard in a sound: { result, sound, played }.
  async function judged(sound, played, signal) {
    const { seconds } = sound;
    if (Math.round(1000 * seconds) < 1000 * about.shortest) {
      throw troubles.tooShort(seconds, about.shortest);
    }
    part.progressLabel.textContent = 'Loading the network';
    const count = startsOf(seconds * about.sr, about).length;
    const heard = await hear(sound, about, {
      signal,
      onWindow(index) {
        part.progressLabel.textContent = `Window ${index + 1} of ${count}`;
        part.progress.max = count;
        part.progress.value = index + 1;
      },
    });
    const result = { ...verdictOf(heard.windows, about), ...heard, classes: about.classes };
    return { result, sound, played };
  }

  function show({ result, sound, played }) {
    reset('done');
    const [name, rest] = verdictWords(result, about);
    part.status.replaceChildren(strong(name), rest);
    part.status.classList.toggle('listen-none', Boolean(result.reason));
    const asked = result.windows.filter((window) => !window.silent).length;
    if (asked) showBars(`Mean over ${windowCount(asked, about)}`, result.confidence);
    else complain(troubles.silent(about.silent_db));
    view.show(result, played, (start, options) => picture(sound, start, about, options));
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

  function troubleOf(error) {
    if (error instanceof troubles.Trouble) return error;
    console.warn(error);
    return troubles.unknown(error);
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

function strong(text) {
  const element = document.createElement('strong');
  element.textContent = text;
  return element;
}
