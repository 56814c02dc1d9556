// What is seen while the microphone is on: its level, a picture of the sound, and what it seems to be.
import { drawHertz, drawTimes } from './axes.js';
import { LOWEST, levelMeter } from './level.js';
import { SHOWN, rollingPicture } from './rolling.js';
import { verdictOf } from './windows.js';
import { strong, verdictWords } from './words.js';

const WORDS = {
  silent: 'Nothing is heard: is the microphone muted?',
  quiet: 'Too quiet: come nearer, or turn the microphone up.',
  clips: 'Too loud: it clips. Move away, or turn the microphone down.',
  good: 'The level is good.',
};

/** The view in the parts of the page: { start(), push(piece, rate), tell(windows), clear() }. */
export function liveView(part, about) {
  let meter = null;
  let picture = null;
  part.level.setAttribute('aria-valuemin', LOWEST);
  part.level.setAttribute('aria-valuemax', 0);
  drawHertz(part.rollingRows, about);
  drawTimes(part.rollingTimes, -SHOWN, 0);
  part.rolling.setAttribute('aria-label', `The last ${SHOWN} s of the microphone in mel bands: low ` +
    'tones at the bottom, the newest on the right, bright is loud.');

  function start() {
    part.live.hidden = false;
    part.hearing.textContent = 'Hearing …';
    part.heard.textContent = 'The microphone is on.';
  }

  function push(piece, rate) {
    meter ??= levelMeter(rate, about);
    picture ??= rollingPicture(part.rolling, rate, about);
    picture.push(piece);
    const { decibels, state } = meter.push(piece);
    const shown = Math.round(Math.max(LOWEST, decibels));
    part.level.setAttribute('aria-valuenow', shown);
    part.level.setAttribute('aria-valuetext', `${shown} dB`);
    part.level.style.setProperty('--level', `${(100 * (shown - LOWEST)) / -LOWEST}%`);
    part.level.dataset.level = state ?? '';
    change(part.levelWords, state ? WORDS[state] : '');
  }

  /** Say what the last windows say. */
  function tell(windows) {
    const answer = verdictOf(windows, about);
    const [name, rest] = verdictWords(answer, about);
    part.hearing.replaceChildren('Hearing: ', strong(name), rest.replace(', probability', ''));
    part.hearing.classList.toggle('listen-none', Boolean(answer.reason));
    change(part.heard, `Hearing ${answer.reason === 'silent' ? 'silence' : name}.`);
    return answer;
  }

  function clear() {
    [meter, picture] = [null, null];
    part.live.hidden = true;
    for (const region of [part.heard, part.levelWords]) region.textContent = '';
  }
  return { start, push, tell, clear };
}

// What is set is read out; so only what is new.
function change(region, text) {
  if (region.textContent !== text) region.textContent = text;
}
