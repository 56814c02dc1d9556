// The log of wrong answers. It lies in the memory of this browser and is sent nowhere.
const KEY = 'listen-log';
const MOST = 500; // entries: the oldest go

/** What an entry says, each a text, by its heading. */
export const FIELDS = {
  when: 'when', sound: 'sound', heard: 'what the page said', probability: 'probability',
  really: 'what it was',
};

/** The log: { all(), add(entry), clear(), isKept() }. Where the browser keeps nothing for pages, it
 * lasts as long as the page. */
export function openLog() {
  let held = [];
  let isKept = true;

  function all() {
    try { // another tab may have added to it
      if (isKept) held = checked(JSON.parse(localStorage.getItem(KEY)));
    } catch { // it may not be read, or is damaged
    }
    return held;
  }

  function write(entries) {
    held = entries.slice(-MOST);
    try {
      localStorage.setItem(KEY, JSON.stringify(held));
      isKept = true;
    } catch {
      isKept = false;
    }
  }
  return {
    all,
    add: (entry) => write([...all(), entry]),
    clear: () => write([]),
    isKept: () => isKept,
  };
}

/** The entries as a CSV file for spreadsheets. */
export function csvOf(entries) {
  const rows = [FIELDS, ...entries].map((row) => Object.keys(FIELDS).map((key) => cell(row[key])));
  // The mark at its beginning tells spreadsheets how its letters are written.
  return new Blob(['\ufeff', ...rows.map((cells) => `${cells.join(',')}\r\n`)], { type: 'text/csv' });
}

// A spreadsheet would run what begins like a formula.
function cell(text) {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}

function checked(entries) {
  return Array.isArray(entries) ? entries.filter((entry) => (
    Object.keys(FIELDS).every((key) => typeof entry?.[key] === 'string')
  )) : [];
}
