// Starts the part of the chapter that listens: says what stands in its way, or loads it.
(function () {
  'use strict';
  const here = document.currentScript.src;
  const page = location.pathname.split('/').pop();
  const mounts = document.querySelectorAll('[data-listen]:not([data-state])');

  // A classic script: a page that was opened as a file may load this one, but no modules.
  function obstacle() {
    if (location.protocol === 'file:') {
      return 'This page was opened as a file, and a browser loads no network from there. ' +
        'Start a small server in the folder of the site by “python -m http.server”; ' +
        'then open http://localhost:8000/' + page + ' instead.';
    }
    if (typeof WebAssembly !== 'object') {
      return 'This browser has no WebAssembly, or it is switched off; the network runs on it. ' +
        'Current versions of Firefox, Chrome, Edge and Safari have it.';
    }
    return '';
  }

  function refuse(mount, text) {
    const alert = document.createElement('p');
    alert.setAttribute('role', 'alert');
    alert.className = 'listen-alert';
    alert.textContent = text;
    mount.replaceChildren(alert);
    mount.dataset.state = 'error';
  }

  const text = obstacle();
  for (const mount of mounts) {
    if (text) {
      refuse(mount, text);
      continue;
    }
    import(new URL('page.js', here).href)
      .then(function (module) { return module.mount(mount); })
      .catch(function (error) {
        refuse(mount, 'This part of the page could not be loaded. ' + error.message + ' Check ' +
          'the connection and load the page again.');
      });
  }
})();
