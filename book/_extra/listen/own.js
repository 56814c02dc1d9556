// Classes of the reader's own, taught by a few recordings each. They lie in the memory of the page,
// and are gone with it.
import { acceptDrops } from './drops.js';
import { featuresOf, labelsOf, leftOut, nearestOf } from './nearest.js';
import { startTable } from './table.js';
import * as troubles from './troubles.js';

const MOST = 200; // recordings
const FEW = 20; // recordings that say little about the next one

/** The view in the parts of the page: { tell(windows, isLive), clear() }. Recordings come by `ways`:
 * files(files, add), record(add) and last(add) call `add` with { result, name } of each, and stop()
 * ends a recording, if there is one. */
export function ownView(part, ways) {
  let recordings = []; // { label, features }

  // Add to the class that is named what comes by one of the ways.
  function teach(way) {
    const label = part.ownName.value.trim();
    if (!label) {
      say('Name the class first.');
      part.ownName.focus();
      return;
    }
    way(({ result, name }) => {
      const features = featuresOf(result.windows);
      if (!features) throw troubles.nothingToLearn(name);
      if (recordings.length >= MOST) throw troubles.enough(MOST);
      recordings.push({ label, features });
      list();
      const count = recordings.filter((each) => each.label === label).length;
      say(`${label} now has ${recordingCount(count)}.`);
    });
  }

  part.ownForm.addEventListener('submit', (event) => event.preventDefault());
  part.ownRecord.addEventListener('click', () => {
    if (!ways.stop()) teach(ways.record);
  });
  part.ownFile.addEventListener('change', () => {
    const files = Array.from(part.ownFile.files, (file) => ({ name: file.name, blob: file }));
    part.ownFile.value = '';
    if (files.length) teach((add) => ways.files(files, add));
  });
  acceptDrops(part.own, part.ownDrop, (files) => teach((add) => ways.files(files, add)));
  part.ownLast.addEventListener('click', () => teach(ways.last));
  part.ownForget.addEventListener('click', () => {
    recordings = [];
    list();
    clear();
    say('All of it is forgotten.');
    part.ownName.focus(); // the button goes away
  });
  list();

  function list() {
    const labels = labelsOf(recordings);
    part.ownTaught.hidden = !labels.length;
    const add = startTable(part.ownTable, ['class', 'recordings', 'forget']);
    for (const label of labels) {
      const row = add([label, recordings.filter((each) => each.label === label).length]);
      const forget = document.createElement('button');
      forget.type = 'button';
      forget.className = 'listen-button';
      forget.textContent = 'Forget';
      forget.setAttribute('aria-label', `Forget ${label}`);
      forget.addEventListener('click', () => {
        recordings = recordings.filter((each) => each.label !== label);
        list();
        clear();
        say(`${label} is forgotten.`);
        part.ownName.focus();
      });
      row.insertCell().append(forget);
    }
    part.ownScore.textContent = summary();
  }

  function summary() {
    const count = labelsOf(recordings).length;
    if (count < 2) return count ? 'Teach it another class, too.' : '';
    const { right, tried, usual } = leftOut(recordings);
    if (!tried) return 'No class has two recordings, so nothing can be left out to try it.';
    const told = `Left out one by one, ${right} of ${tried} recordings are named rightly by the others; ` +
      `who always names the class with the most gets ${usual}.`;
    return tried < FEW ? `${told} So few say little about the next recording.` : told;
  }

  function tell(windows, isLive = false) {
    const features = featuresOf(windows);
    if (!features || labelsOf(recordings).length < 2) return;
    const [nearest, second] = nearestOf(recordings, features);
    let text = `Of your own classes: ${nearest.label}.`;
    if (!isLive) {
      text += ` Its distance is ${nearest.distance.toFixed(1)}, that of ${second.label} ` +
        `${second.distance.toFixed(1)}; it rests on ${recordingCount(nearest.count)} and ` +
        `${recordingCount(second.count)}. It always names one of them.`;
    }
    if (part.ownAnswer.textContent !== text) part.ownAnswer.textContent = text;
  }

  function say(text) {
    part.ownTold.textContent = text;
  }

  function clear() {
    part.ownAnswer.textContent = '';
  }
  return { tell, clear };
}

const recordingCount = (count) => `${count} recording${count === 1 ? '' : 's'}`;
