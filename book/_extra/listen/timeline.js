// Draws what was heard over the time of a recording: the wave, and under it a row for each class
// whose height is its probability in each window.
import { drawTimes } from './axes.js';
import { startTable } from './table.js';
import { clock, nameOf, share, windowWords } from './words.js';
import { atMost, bestOf, boundsOf } from './windows.js';

const SVG = 'http://www.w3.org/2000/svg';
const HEAD = 44; // heights of the wave's row and of a class's, in pixels; listen.css has them too
const ROW = 30;
const GAP = 4; // that each row leaves free above it
const MOST = 900; // windows that are drawn or listed one by one

/** Draw a result into the parts of the page. */
export function drawTimeline(part, result, about) {
  const { seconds, outline } = result;
  const windows = atMost(MOST, result.windows);
  const rows = about.classes.length;
  part.plot.replaceChildren();
  part.plot.setAttribute('viewBox', `0 0 ${seconds} ${HEAD + ROW * rows}`);

  windows.forEach((window, i) => {
    if (!window.silent) return;
    const [begin, end] = boundsOf(windows, i, seconds, about);
    add('rect', 'listen-silence', {
      x: begin, y: HEAD, width: end - begin, height: ROW * rows,
    });
  });
  add('path', 'listen-wave', { d: wavePath(outline, seconds) });
  for (let k = 0; k < rows; k++) {
    const ground = HEAD + ROW * (k + 1);
    const [best, others] = [true, false].map((wanted) => windows.map((window, i) => {
      if (window.silent || (bestOf(window.probabilities) === k) !== wanted) return '';
      const [begin, end] = boundsOf(windows, i, seconds, about);
      const height = (ROW - GAP) * window.probabilities[k];
      return `M${begin} ${ground}V${ground - height}H${end}V${ground}Z`;
    }).join(''));
    add('path', 'listen-best', { d: best });
    add('path', 'listen-other', { d: others });
    add('line', 'listen-ground', { x1: 0, x2: seconds, y1: ground, y2: ground });
  }
  const frame = add('rect', 'listen-window', { x: 0, y: 0, width: 0, height: HEAD });

  part.names.replaceChildren(...['Sound', ...about.classes.map(nameOf)].map((name) => {
    const element = document.createElement('span');
    element.textContent = name;
    return element;
  }));
  drawTimes(part.times, 0, seconds);

  function add(kind, name, attributes) {
    const element = document.createElementNS(SVG, kind);
    element.setAttribute('class', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    part.plot.append(element);
    return element;
  }
  /** Frame the part of the wave that a window hears. */
  return (window) => {
    frame.setAttribute('x', window.start);
    frame.setAttribute('width', Math.min(about.samples / about.sr, seconds - window.start));
  };
}

/** Write the same as a table. */
export function fillTable(table, windows, about) {
  const add = startTable(table, ['from', 'hears', ...about.classes.map(nameOf)]);
  for (const window of atMost(MOST, windows)) {
    const heard = windowWords(window, about).replace(/ [.\d]+$/, '');
    const numbers = window.probabilities.map((value) => (window.silent ? '–' : share(value)));
    add([clock(window.start), heard, ...numbers]);
  }
}

// The outline upwards and downwards from the middle of its row; the loudest fills it.
function wavePath(outline, seconds) {
  const loudest = Math.max(...outline, 1e-4);
  const half = (HEAD - 2 * GAP) / 2;
  const points = Array.from(outline, (level, i) => (
    [((i + 0.5) / outline.length) * seconds, Math.max(0.5, (half * level) / loudest)]
  ));
  const above = points.map(([x, y]) => `${x} ${HEAD / 2 - y}`);
  const below = points.reverse().map(([x, y]) => `${x} ${HEAD / 2 + y}`);
  return `M${above.join('L')}L${below.join('L')}Z`;
}
