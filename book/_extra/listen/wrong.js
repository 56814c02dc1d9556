// "This was wrong": the reader says what a sound really was, and the page keeps a log of it.
import { FIELDS, csvOf, openLog } from './log.js';
import { startTable } from './table.js';
import { nameOf, share, verdictWords } from './words.js';

const NAMED = 'listen-log.csv';

/** The view in the parts of the page: { show(result, sound), clear() }. `sound` is what the result
 * is called by. */
export function wrongView(part, about) {
  const log = openLog();
  let shown = null;

  for (const label of new Set([...about.classes, about.none])) {
    part.answers.append(new Option('', nameOf(label)));
  }
  part.wrong.addEventListener('submit', (event) => {
    event.preventDefault();
    const really = part.really.value.trim();
    const [heard] = verdictWords(shown.result, about);
    if (!really) {
      part.logged.textContent = 'Say what it was.';
      return;
    }
    if (same(really, heard)) {
      part.logged.textContent = `${heard} is what the page said.`;
      return;
    }
    log.add({
      when: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      sound: shown.sound,
      heard,
      probability: share(Math.max(...shown.result.confidence)),
      really,
    });
    part.really.value = '';
    list();
    part.logged.textContent = log.isKept()
      ? `It is in the log: ${heard}, really ${really}.`
      : `It is in the log: ${heard}, really ${really}. This browser keeps nothing for pages: save ` +
        'the log before you leave.';
  });
  part.logSave.addEventListener('click', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(csvOf(log.all()));
    link.download = NAMED;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href));
    part.logged.textContent = `The log is saved as ${NAMED}.`;
  });
  part.logClear.addEventListener('click', () => {
    log.clear();
    list();
    part.logged.textContent = 'The log is empty.';
    part.logged.focus(); // the button goes away
  });
  list();

  function list() {
    const entries = log.all();
    part.log.hidden = !entries.length;
    part.logTitle.textContent = `The log of wrong answers (${entries.length})`;
    const add = startTable(part.logTable, Object.values(FIELDS));
    for (const entry of [...entries].reverse()) add(Object.keys(FIELDS).map((key) => entry[key]));
  }

  function show(result, sound) {
    shown = { result, sound };
    part.wrong.hidden = false;
  }

  function clear() {
    part.wrong.hidden = true;
    part.really.value = '';
    part.logged.textContent = '';
  }
  return { show, clear };
}

const same = (a, b) => a.toLowerCase() === b.toLowerCase();
