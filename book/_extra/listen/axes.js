// The numbers along the pictures.
import { heightOf } from './mel.js';

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21600, 86400];
const MOST = 5; // steps that have room on a phone
const HERTZ = [500, 1000, 2000, 4000, 8000];

/** Write the times along an axis that goes from one time to another, in seconds. */
export function drawTimes(axis, begin, end) {
  const step = STEPS.find((candidate) => (end - begin) / candidate <= MOST) ?? STEPS.at(-1);
  axis.replaceChildren();
  for (let i = Math.ceil(begin / step - 1e-6); i * step <= end + 1e-6; i++) {
    axis.append(label(timeOf(i * step), 'left', (i * step - begin) / (end - begin)));
  }
}

/** Name some coefficients, c0 at the bottom. */
export function drawCoefficients(axis, count) {
  axis.replaceChildren();
  const step = Math.ceil(count / MOST);
  for (let i = 0; i < count; i += step) axis.append(label(`c${i}`, 'bottom', (i + 0.5) / count));
}

/** Write the frequencies along mel bands, low ones at the bottom. */
export function drawHertz(axis, about) {
  axis.replaceChildren();
  for (const hertz of HERTZ.filter((each) => each < about.sr / 2)) {
    const text = hertz < 1000 ? `${hertz} Hz` : `${hertz / 1000} kHz`;
    axis.append(label(text, 'bottom', heightOf(hertz, about)));
  }
}

function timeOf(seconds) {
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`.replace('-', '−');
  const rest = Number((seconds % 60).toFixed(1));
  return `${Math.floor(seconds / 60)}:${rest < 10 ? '0' : ''}${rest}`;
}

function label(text, side, part) {
  const element = document.createElement('span');
  element.textContent = text;
  element.style[side] = `${100 * part}%`;
  return element;
}
