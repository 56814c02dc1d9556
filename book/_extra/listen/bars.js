// A bar and a number for each class.
import { bestOf } from './windows.js';
import { nameOf, share } from './words.js';

/** Make the bars in a list; what is returned sets them to probabilities. */
export function makeBars(list, about) {
  const rows = about.classes.map((label) => {
    const row = document.createElement('li');
    const [name, bar, number] = ['name', 'bar', 'number'].map((kind) => {
      const element = document.createElement('span');
      element.className = `listen-${kind}`;
      row.append(element);
      return element;
    });
    name.textContent = nameOf(label);
    const filled = document.createElement('span');
    bar.append(filled);
    list.append(row);
    return { row, filled, number };
  });
  list.style.setProperty('--threshold', `${100 * about.threshold}%`);
  return (probabilities) => {
    const best = bestOf(probabilities);
    rows.forEach(({ row, filled, number }, k) => {
      row.classList.toggle('listen-first', k === best && probabilities[k] > 0);
      filled.style.width = `${100 * probabilities[k]}%`;
      number.textContent = share(probabilities[k]);
    });
  };
}
