// Names, numbers and times as the page shows them.
import { bestOf } from './windows.js';

export const nameOf = (label) => label.replaceAll('_', ' ');

/** A probability as the book writes it: .93. */
export const share = (value) => value.toFixed(2).replace(/^0/, '');

/** A time as 2.5 s, or as 1:02.5 from a minute on. */
export function clock(seconds) {
  const tenths = Math.round(10 * seconds);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}

/** A text as what stands out. */
export function strong(text) {
  const element = document.createElement('strong');
  element.textContent = text;
  return element;
}

/** The verdict in two parts: what, and how sure. */
export function verdictWords({ reason, confidence }, about) {
  const k = bestOf(confidence.map((sure, i) => (about.classes[i] === about.none ? -1 : sure)));
  const best = nameOf(about.classes[k]);
  if (reason === 'silent') return ['None of these', ': silent'];
  if (reason) return ['None of these', `: ${reason} (at best ${best}, ${share(confidence[k])})`];
  return [best, `, probability ${share(confidence[k])}`];
}

/** What one window says: "Cello .93", or "silence". */
export function windowWords(window, about) {
  if (window.silent) return 'silence';
  const k = bestOf(window.probabilities);
  return `${nameOf(about.classes[k])} ${share(window.probabilities[k])}`;
}

/** The passages of a recording, the first so many of them, in a sentence. */
export function passageWords(passages, most) {
  const phrases = passages.slice(0, most).map(({ name, begin, end, probability }) => {
    const what = name === null ? 'silence' : `${nameOf(name)} ${share(probability)}`;
    return `${clock(begin)} to ${clock(end)}: ${what}`;
  });
  const more = passages.length - phrases.length;
  if (more > 0) phrases.push(`${more} more in the table`);
  return `${phrases.join('; ')}.`;
}

/** "5 windows of 2 s", "1 window of 2 s". */
export function windowCount(count, about) {
  return `${count} window${count === 1 ? '' : 's'} of ${about.samples / about.sr} s`;
}

/** The name of a file with what cannot be seen, or would turn the text around, spelt out. */
export function fileName(name) {
  return name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (letter) => {
    const code = letter.codePointAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
}
