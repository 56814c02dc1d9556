// Takes the files that are dropped on an element, and keeps the browser from opening those that
// fall beside it in place of the page.

/** Call `handle(files)` with what is dropped, [{ name, blob }], `blob` being null for a folder; there
 * are none where it is no file. The zone shows that it may be dropped. */
export function acceptDrops(element, zone, handle) {
  let inside = 0; // elements under the pointer, one in the other
  const over = (by) => (event) => {
    if (isOfText(event)) return;
    event.preventDefault();
    inside += by;
    zone.classList.toggle('listen-over', inside > 0);
  };
  element.addEventListener('dragenter', over(1));
  element.addEventListener('dragleave', over(-1));
  element.addEventListener('dragover', (event) => {
    if (!isOfText(event)) event.preventDefault();
  });
  element.addEventListener('drop', (event) => {
    inside = 0;
    zone.classList.remove('listen-over');
    if (event.defaultPrevented || isOfText(event)) return; // an element inside this one took it
    event.preventDefault();
    handle(filesOf(event.dataTransfer));
  });
  for (const kind of ['dragover', 'drop']) document.addEventListener(kind, refuse);
}

// Words that are dragged into a field for words belong there.
function isOfText({ target, dataTransfer }) {
  return target.closest?.('input[type="text"]') && !dataTransfer.types.includes('Files');
}

function filesOf({ items }) {
  return [...items].filter((item) => item.kind === 'file').map((item) => {
    const entry = item.webkitGetAsEntry();
    const blob = entry?.isDirectory ? null : item.getAsFile();
    return { name: entry?.name ?? blob.name, blob };
  });
}

function refuse(event) {
  if (event.defaultPrevented || !event.dataTransfer.types.includes('Files')) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'none';
}
