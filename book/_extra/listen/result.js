// What was heard in a recording: player, timeline and heat map, which share one moment.
import { drawCoefficients, drawHertz, drawTimes } from './axes.js';
import { hottest, paintBands, paintHeat, paintMfcc } from './images.js';
import { middleOf } from './mel.js';
import { drawTimeline, fillTable } from './timeline.js';
import { bestOf, boundsOf, passagesOf } from './windows.js';
import { clock, nameOf, passageWords, windowWords } from './words.js';

const ARROW = 0.1; // seconds that an arrow key moves
const TOLD = 6; // passages told in words

/** The view of results in the parts of the page: { show(result, blob, picture), clear() }. Where
 * windows come without their pictures, `picture(start, { signal })` promises them. */
export function resultView(part, about) {
  const length = about.samples / about.sr; // of a window, in seconds
  let player = null;
  let result = null;
  let frameWindow; // shows in the timeline which window is meant
  let shown; // the number of the window whose pictures are meant
  let pictureOf;
  let pictured; // the pictures that are painted
  let waiting = new AbortController(); // for pictures

  for (const rows of [part.bandsRows, part.heatRows]) drawHertz(rows, about);
  drawCoefficients(part.mfccRows, about.cepstra);
  part.class.addEventListener('change', () => {
    if (pictured) paint(result.windows[shown], pictured);
  });
  part.moment.addEventListener('input', () => seek(Number(part.moment.value)));
  part.moment.addEventListener('keydown', (event) => {
    const page = about.hop / about.sr;
    const by = { ArrowRight: ARROW, ArrowUp: ARROW, ArrowLeft: -ARROW, ArrowDown: -ARROW,
      PageUp: page, PageDown: -page }[event.key];
    if (!by) return;
    event.preventDefault();
    seek(Math.max(0, Math.min(result.seconds, player.currentTime + by)));
  });
  part.details.addEventListener('toggle', () => {
    if (result && part.details.open) fillTable(part.table, result.windows, about);
  });

  function show(heard, blob, picture) {
    result = heard;
    shown = null;
    pictureOf = picture;
    part.result.hidden = false;
    part.moment.max = result.seconds;
    frameWindow = drawTimeline(part, result, about);
    const told = passageWords(passagesOf(result.windows, result.seconds, about), TOLD);
    part.plot.setAttribute('aria-label', `Probability of each instrument over the time. ${told}`);
    part.passages.textContent = `All of it: ${told}`;
    part.details.open = false;
    part.class.selectedIndex = bestOf(result.confidence);
    // Made only now: a player without a sound is of no use to anybody.
    const made = document.createElement('audio');
    player = made;
    player.controls = true;
    player.setAttribute('aria-label', 'The sound that was heard');
    player.src = URL.createObjectURL(blob);
    player.addEventListener('play', follow);
    for (const event of ['pause', 'seeked']) {
      player.addEventListener(event, () => {
        // What it tells may come when another sound has taken its place.
        if (player === made) moveTo(made.currentTime);
      });
    }
    part.player.replaceChildren(player);
    moveTo(0);
  }

  function clear() {
    part.result.hidden = true;
    result = null;
    waiting.abort();
    if (!player) return;
    player.pause();
    URL.revokeObjectURL(player.src);
    player.remove();
    player = null;
  }

  function follow() {
    if (!player || player.paused) return;
    moveTo(player.currentTime);
    requestAnimationFrame(follow);
  }

  function seek(seconds) {
    player.currentTime = seconds;
    moveTo(seconds);
  }

  function moveTo(seconds) {
    if (!result) return;
    const { windows } = result;
    const found = windows.findIndex((_, i) => (
      seconds < boundsOf(windows, i, result.seconds, about)[1]
    ));
    const i = found < 0 ? windows.length - 1 : found;
    part.moment.value = seconds;
    const heard = windowWords(windows[i], about);
    part.now.textContent = `At ${clock(seconds)}: ${heard}.`;
    // While it plays, a screen reader would read out every step.
    if (player.paused) {
      part.moment.setAttribute('aria-valuetext',
        `${clock(seconds)} of ${clock(result.seconds)}: ${heard}`);
    }
    if (i !== shown) turnTo(i);
    for (const line of [part.bandsLine, part.mfccLine, part.heatLine]) {
      const place = (seconds - windows[i].start) / length;
      line.hidden = place > 1;
      line.style.left = `${100 * place}%`;
    }
  }

  function turnTo(i) {
    shown = i;
    pictured = null;
    waiting.abort();
    const window = result.windows[i];
    frameWindow(window);
    part.images.hidden = window.silent;
    const short = result.seconds < length;
    part.unasked.hidden = !window.silent && !short;
    if (window.silent) {
      part.unasked.textContent = 'Silence at this moment: the network was not asked about it.';
      return;
    }
    part.unasked.textContent =
      `After ${clock(result.seconds)} the sound was filled up with silence to ${length} s.`;
    if (window.mfcc) {
      paint(window, window);
      return;
    }
    waiting = new AbortController();
    const { signal } = waiting;
    part.images.setAttribute('aria-busy', true);
    pictureOf(window.start, { signal }).then((pictures) => paint(window, pictures), (error) => {
      if (signal.aborted) return;
      part.images.hidden = true;
      part.unasked.hidden = false;
      part.unasked.textContent = error.message;
    });
  }

  function paint(window, pictures) {
    pictured = pictures;
    part.images.removeAttribute('aria-busy');
    const { bands, mfcc, heat } = pictures;
    const { frames, coefficients, cepstra } = about;
    const span = `${clock(window.start)} to ${clock(window.start + length)}`;
    const timeOf = (frame) => clock(window.start + ((frame + 0.5) / frames) * length);
    const hertzOf = (band) => `${Math.round(middleOf(band, about))} Hz`;
    const loudest = bands.reduce((a, b) => Math.max(a, b));
    const place = bands.indexOf(loudest);
    const [frame, band] = [Math.floor(place / about.n_mels), place % about.n_mels];
    const where = `Loudest at ${timeOf(frame)} near ${hertzOf(band)}.`;
    paintBands(part.bands, bands, about.n_mels, loudest, about.top_db);
    part.bandsLabel.textContent = `Mel bands of ${span}`;
    part.bandsCaption.textContent = `The level in ${about.n_mels} mel bands, low tones at the ` +
      `bottom: bright is loud. ${where} The MFCC are made of this.`;
    part.bands.setAttribute('aria-label', `Mel bands of ${span}: ${frames} frames by ` +
      `${about.n_mels} bands up to ${about.sr / 2} Hz. ${where}`);

    paintMfcc(part.mfcc, mfcc, coefficients, cepstra);
    part.mfccLabel.textContent = `MFCC image of ${span}`;
    part.mfccCaption.textContent =
      `The first ${cepstra} coefficients. Bright is high, dark is low, for each by itself. c0 follows the ` +
      'level, c1 says low against high tones, and those above the finer shape of the spectrum. The ' +
      'network sees the bands, and of these the mean and the spread.';
    part.mfcc.setAttribute('aria-label',
      `MFCC image of ${span}: ${frames} frames by ${cepstra} coefficients, c0 at the bottom.`);

    const k = part.class.selectedIndex;
    const map = heat.subarray(k * bands.length, (k + 1) * bands.length);
    paintHeat(part.heat, bands, map, about.n_mels, loudest, about.top_db);
    const found = hottest(map, about.n_mels);
    const told = found
      ? `Hottest at ${timeOf(found.frame)} near ${hertzOf(found.band)}; over all frames most heat is ` +
        `near ${hertzOf(found.most)}.`
      : 'Nothing speaks for it.';
    part.heatCaption.textContent = `${told} Bright is hot; elsewhere the bands show in grey. What the ` +
      'mean and the spread of the MFCC say has no place here.';
    part.heat.setAttribute('aria-label',
      `Heat map of ${nameOf(about.classes[k])} over the mel bands of ${span}. ${told}`);
    for (const axis of [part.bandsTimes, part.mfccTimes, part.heatTimes]) {
      drawTimes(axis, window.start, window.start + length);
    }
  }
  return { show, clear };
}
