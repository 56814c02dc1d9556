// The interface: three ways for a sound to come in, and what was heard in it.
import { makeBars } from './bars.js';
import { acceptDrops } from './drops.js';
import { followLinks, linkButton } from './link.js';
import { fileList } from './list.js';
import { hear, picture } from './listener.js';
import { liveView } from './live.js';
import * as microphone from './microphone.js';
import { ownView } from './own.js';
import { PIECE, partOf, whole } from './pieces.js';
import { resultView } from './result.js';
import { open } from './sound.js';
import { template } from './template.js';
import * as troubles from './troubles.js';
import { wavOf } from './wave.js';
import { startsOf, verdictOf } from './windows.js';
import { clock, fileName, nameOf, share, strong, verdictWords, windowCount } from './words.js';
import { wrongView } from './wrong.js';

const TICK = 500; // ms from one live answer to the next

/** Put the interface into an element. Its `dataset.state` is idle, working, live, done or error;
 * its `result` is what was heard last, and an event "heard" brings it. */
export async function mount(element) {
  const about = JSON.parse(await (await fetched('model/about.json')).text());
  element.innerHTML = template();
  const part = {};
  for (const found of element.querySelectorAll('[data-part]')) {
    part[found.dataset.part.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = found;
  }
  const view = resultView(part, about);
  const setBars = makeBars(part.bars, about);
  const list = fileList(part);
  const link = linkButton(part);
  const listening = liveView(part, about);
  const wrong = wrongView(part, about);
  const own = ownView(part, { files: teachFiles, record: teachRecording, last: teachLast, stop });
  let current = new AbortController(); // of what is being worked on
  let stopRecording = null; // while the microphone is on
  let last = null; // what was heard last

  const failures = about.clips.filter(({ why }) => why);
  for (const { id, name, why } of about.clips) if (!why) part.clip.add(new Option(name, id));
  part.chosen.textContent = `Chosen: it learned from none of them, and names each rightly. Of clips of \
sources that were kept out it names ${share(about.accuracy)}.`;
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
  part.gallery.addEventListener('click', () => run((signal) => fromMany(failures, signal)));
  part.microphone.addEventListener('click', () => {
    if (!stop()) run(fromMicrophone);
  });
  part.cancel.addEventListener('click', () => {
    current.abort();
    list.clear();
    showClip(null); // so that the same clip can be chosen again
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
    showClip(null);
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
    const clip = about.clips.find((example) => example.id === id);
    if (!clip) throw troubles.noExample(id);
    const { name, file } = clip;
    showClip(id);
    tell(`Listening to “${name}” …`);
    const blob = await fetched(file, signal);
    show(await heardIn(blob, name, signal));
  }

  async function fromFiles(given, signal) {
    const files = named(given);
    if (files.length > 1) return fromMany(files, signal);
    const [{ name, blob }] = files;
    tell(`Listening to ${name} …`);
    show(await heardIn(blob, name, signal));
  }

  function named(given) {
    if (!given.length) throw troubles.notFile();
    return given.map(({ name, blob }) => ({ name: fileName(name), blob }));
  }

  // One after the other; the first that was heard is shown, any other when it is chosen.
  async function fromMany(sounds, signal) {
    list.start(sounds.map(({ name }) => name));
    const heard = [];
    let spare = PIECE; // seconds of which samples and pictures are kept; others are made anew
    for (const [i, { name, file, blob }] of sounds.entries()) {
      tell(`Listening to ${name}, ${i + 1} of ${sounds.length} …`);
      try {
        const content = file ? await fetched(file, signal) : blob;
        heard[i] = await heardIn(content, name, signal, spare);
        const { sound } = heard[i];
        if (sound.seconds <= spare) spare -= sound.seconds;
        else if (!sound.around) heard[i].sound = reopened(content, name, sound.rate);
        list.tell(i, judgement(heard[i].result, sounds[i]));
      } catch (error) {
        signal.throwIfAborted();
        list.tell(i, troubleOf(error).message);
      }
    }
    const choose = (i) => {
      show(heard[i]);
      list.mark(i);
      showClip(sounds[i].id ?? null);
    };
    heard.forEach(({ result }, i) => {
      list.tell(i, judgement(result, sounds[i]), () => choose(i));
    });
    const found = Object.keys(heard).map(Number);
    list.end(`${found.length} of ${sounds.length} ${sounds[0].why
      ? 'clips that it gets wrong' : 'files'} were heard.`);
    if (!found.length) throw troubles.noneHeard();
    choose(found[0]);
  }

  function judgement(result, sound) {
    const said = verdictWords(result, about).join('');
    return sound.why ? `${said}. What may be hard: ${sound.why}.` : said;
  }

  // A sound that is decoded once more for the pictures of a window.
  function reopened(blob, name, rate) {
    async function around(start, length) {
      const { sound } = await open(blob, name, about.sr, new AbortController().signal);
      return partOf(sound, start, length);
    }
    return { rate, around };
  }

  async function heardIn(blob, name, signal, spare = Infinity) {
    if (!blob) throw troubles.folder(name);
    part.progressLabel.textContent = 'Decoding';
    part.progress.removeAttribute('value'); // nobody knows how long yet
    const { sound, played } = await open(blob, name, about.sr, signal);
    return judged(sound, played, name, signal, spare);
  }

  async function fromMicrophone(signal) {
    show(await recorded(signal));
  }

  async function recorded(signal) {
    part.progressLabel.textContent = 'The browser may ask whether this page may listen';
    tell('Waiting for the microphone …');
    const recorder = await microphone.open(signal, listening.push);
    await live(recorder, signal);
    const wave = recorder.stop();
    reset('working');
    tell('Listening to your recording …');
    const played = await wavOf([wave], recorder.rate);
    const sound = whole(wave, recorder.rate);
    return judged(sound, played, `a recording of ${clock(sound.seconds)}`, signal);
  }

  // End the recording; was there one?
  function stop() {
    const isRecording = Boolean(stopRecording);
    stopRecording?.();
    return isRecording;
  }

  // What teaches a class: `add` takes what was heard, and may not want it.
  function teachRecording(add) {
    run(async (signal) => {
      const heard = await recorded(signal);
      reset('idle');
      add(heard);
    });
  }

  function teachFiles(files, add) {
    run(async (signal) => {
      const wrong = [];
      for (const { name, blob } of named(files)) {
        tell(`Listening to ${name} …`);
        try {
          add(await heardIn(blob, name, signal));
        } catch (error) {
          signal.throwIfAborted();
          wrong.push(troubleOf(error).message);
        }
      }
      reset(wrong.length ? 'error' : 'idle');
      part.alert.textContent = wrong.join(' ');
    });
  }

  function teachLast(add) {
    try {
      if (!last) throw troubles.nothingHeard();
      add(last);
    } catch (error) {
      complain(troubleOf(error));
    }
  }

  // Say what is heard while the microphone is on, until it is stopped.
  async function live(recorder, signal) {
    reset('live');
    for (const button of [part.microphone, part.ownRecord]) button.textContent = 'Stop';
    listening.start();
    const recording = new AbortController();
    signal.addEventListener('abort', () => recording.abort());
    const stopped = new Promise((resolve) => {
      recording.signal.addEventListener('abort', resolve);
    });
    stopRecording = () => recording.abort();
    recorder.ended.then(stopRecording);
    while (!recording.signal.aborted) {
      const next = new Promise((resolve) => setTimeout(resolve, TICK));
      part.elapsed.textContent = `· ${Math.floor(recorder.seconds())} s so far`;
      if (recorder.seconds() >= about.shortest) {
        const latest = whole(recorder.last(about.samples / about.sr), recorder.rate);
        try {
          const options = { signal: recording.signal, pictured: false };
          const { windows } = await hear(latest, about, options);
          showBars('Probability now', listening.tell(windows).confidence);
          own.tell(windows, true);
        } catch (error) {
          if (!recording.signal.aborted) throw error;
        }
      }
      await Promise.race([stopped, next]);
    }
    signal.throwIfAborted();
  }

  // What is heard in a sound: { result, sound, played, name }; the pictures of its windows are kept
  // where it has no more than the seconds that are to spare.
  async function judged(sound, played, name, signal, spare = Infinity) {
    const { seconds } = sound;
    if (Math.round(1000 * seconds) < 1000 * about.shortest) {
      throw troubles.tooShort(seconds, about.shortest);
    }
    part.progressLabel.textContent = 'Loading the network';
    const count = startsOf(seconds * about.sr, about).length;
    const heard = await hear(sound, about, {
      signal,
      pictured: seconds <= spare,
      onWindow(index) {
        part.progressLabel.textContent = `Window ${index + 1} of ${count}`;
        part.progress.max = count;
        part.progress.value = index + 1;
      },
    });
    const result = { ...verdictOf(heard.windows, about), ...heard, classes: about.classes };
    return { result, sound, played, name };
  }

  function show({ result, sound, played, name }) {
    reset('done');
    const [verdict, rest] = verdictWords(result, about);
    part.status.replaceChildren(strong(verdict), rest);
    part.status.classList.toggle('listen-none', Boolean(result.reason));
    const asked = result.windows.filter((window) => !window.silent).length;
    if (asked) showBars(`Mean over ${windowCount(asked, about)}`, result.confidence);
    else complain(troubles.silent(about.silent_db));
    wrong.show(result, name);
    view.show(result, played, (start, options) => picture(sound, start, about, options));
    own.tell(result.windows);
    last = { result, name };
    element.result = result;
    element.dispatchEvent(new CustomEvent('heard', { bubbles: true, detail: result }));
  }

  // Show which clip of the book it is, or null.
  function showClip(id) {
    part.clip.value = id ?? '';
    link.show(id);
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
    for (const region of [part.status, part.alert]) region.textContent = '';
    part.microphone.textContent = 'Listen to the microphone';
    part.ownRecord.textContent = 'Record';
    part.elapsed.textContent = '';
    part.again.hidden = true;
    part.mean.hidden = true;
    listening.clear();
    part.working.hidden = state !== 'working';
    part.progressLabel.textContent = '';
    part.progress.removeAttribute('value'); // nobody knows how long yet
    own.clear();
    wrong.clear();
    view.clear();
  }
}

async function fetched(name, signal) {
  try {
    const response = await fetch(new URL(name, import.meta.url), { signal });
    if (response.ok) return await response.blob(); // which may break off, too
  } catch {
    signal?.throwIfAborted();
  }
  throw troubles.noFile(`listen/${name}`);
}
