// Prepares a published page for embed.js, which draws the widgets with no kernel behind them.
(function () {
  'use strict';
  const here = document.currentScript.src.replace(/[^/]*$/, '');
  window.__jupyter_widgets_assets_path__ = here + 'vendor/widgets/';

  // The widgets typeset formulas in the manner of MathJax 2; the book has MathJax 3.
  document.addEventListener('DOMContentLoaded', function () {
    const mathjax = window.MathJax;
    if (!mathjax || mathjax.Hub) return;
    mathjax.Hub = {
      Queue: function (call) {
        mathjax.startup.promise.then(function () { mathjax.typesetPromise([call[2]]); });
      },
    };
  });

  // Sliders come without names, and a slider of words reads out numbers.
  function describe() {
    for (const slider of document.querySelectorAll('.widget-inline-hbox')) {
      const label = slider.querySelector('.widget-label');
      const readout = slider.querySelector('.widget-readout');
      for (const handle of slider.querySelectorAll('[role=slider]')) {
        if (label) handle.setAttribute('aria-label', label.textContent.trim());
        if (readout) handle.setAttribute('aria-valuetext', readout.textContent.trim());
      }
    }
  }
  window.addEventListener('load', function () {
    new MutationObserver(describe).observe(document.body, { childList: true, subtree: true });
    describe();
  });
})();
