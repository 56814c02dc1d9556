// Links to the examples: #example=cello-2 in an address opens the example of that id.
const KEY = 'example';

/** Keep a button that copies the link to an example: { show(id) }, null for none. */
export function linkButton(part) {
  let shown = null;

  part.copy.addEventListener('click', async () => {
    const link = linkTo(shown);
    try {
      await navigator.clipboard.writeText(link);
      part.copied.textContent = 'The link is copied.';
    } catch { // it was refused, or the page did not come by https
      part.copied.textContent = `Copy it from here: ${link}`;
    }
  });

  function show(id) {
    shown = id;
    part.copy.hidden = id === null;
    part.copied.textContent = '';
  }
  return { show };
}

/** Call `open(id)` with the example that the address names, now and whenever it changes. */
export function followLinks(open) {
  function follow() {
    const id = new URLSearchParams(location.hash.slice(1)).get(KEY);
    if (id !== null) open(id);
  }
  window.addEventListener('hashchange', follow);
  follow();
}

function linkTo(id) {
  const address = new URL(location.href);
  address.hash = new URLSearchParams({ [KEY]: id });
  return address.href;
}
