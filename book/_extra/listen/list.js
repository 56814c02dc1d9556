// Lists several files with what was heard in each.

/** The list in the parts of the page: { start(names), tell(i, text, choose), mark(i), end(text),
 * clear() }. With `choose` the file's name becomes a button, which calls it. */
export function fileList(part) {
  let names = [];

  function start(given) {
    names = given;
    part.filesList.replaceChildren(...names.map(() => document.createElement('li')));
    part.files.hidden = false;
    names.forEach((_, i) => tell(i, 'waits'));
  }

  function tell(i, text, choose) {
    const name = document.createElement(choose ? 'button' : 'span');
    name.textContent = names[i];
    if (choose) {
      name.type = 'button';
      name.className = 'listen-button';
      name.addEventListener('click', choose);
    }
    const said = document.createElement('span');
    said.textContent = text;
    part.filesList.children[i].replaceChildren(name, said);
  }

  function mark(chosen) {
    [...part.filesList.children].forEach((row, i) => {
      row.querySelector('button')?.setAttribute('aria-pressed', i === chosen);
    });
  }

  function end(text) {
    part.filesTitle.textContent = text;
  }

  function clear() {
    part.filesList.replaceChildren();
    part.files.hidden = true;
    part.filesTitle.textContent = '';
  }
  return { start, tell, mark, end, clear };
}
