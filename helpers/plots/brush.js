// Parallel axes that are brushed: drag along an axis, or move the two ends of its brush by keys.
(function () {
  'use strict';
  const SVG = 'http://www.w3.org/2000/svg';
  const STEP = 0.05; // of an axis, where it has no stops

  function element(kind, properties) {
    const made = document.createElementNS(SVG, kind);
    for (const [name, value] of Object.entries(properties)) made.setAttribute(name, value);
    return made;
  }

  function start(figure) {
    const known = JSON.parse(figure.dataset.brush);
    const svg = figure.querySelector('svg');
    const status = figure.querySelector('[role=status]');
    const lines = [...svg.querySelectorAll('path[data-at]')].map(function (line) {
      return { line: line, at: line.dataset.at.split(' ').map(Number) };
    });
    const parts = known.axes.map(() => [0, 1]);
    const { top, bottom } = known;

    const toY = (share) => bottom - share * (bottom - top);
    function toShare(event) {
      const point = new DOMPoint(event.clientX, event.clientY);
      const { y } = point.matrixTransform(svg.getScreenCTM().inverse());
      return Math.min(1, Math.max(0, (bottom - y) / (bottom - top)));
    }

    function worth(axis, share) {
      if (axis.stops) {
        const near = axis.stops.reduce((one, other) =>
          Math.abs(other[0] - share) < Math.abs(one[0] - share) ? other : one);
        return near[1];
      }
      const told = axis.log
        ? String(Number((axis.low * (axis.high / axis.low) ** share).toPrecision(2)))
        : (axis.low + share * (axis.high - axis.low)).toFixed(2);
      return told.replace(/^0/, '');
    }

    function show() {
      const inside = (at) => parts.every(([low, high], i) =>
        at[i] >= low - 1e-6 && at[i] <= high + 1e-6);
      const held = lines.filter(({ line, at }) => {
        const is = inside(at);
        line.setAttribute('stroke', is ? known.hue : 'currentColor');
        line.setAttribute('stroke-opacity', is ? 0.9 : 0.12);
        return is;
      });
      for (const { line } of held) line.parentNode.append(line);
      const told = known.axes.map(function (axis, i) {
        const all = held.map(({ at }) => at[i]);
        const [low, high] = [Math.min(...all), Math.max(...all)].map((s) => worth(axis, s));
        return `${axis.name} ${low === high ? low : `${low} to ${high}`}`;
      });
      status.textContent = `${held.length} of ${lines.length} trials` +
        (held.length ? `: ${told.join(', ')}.` : ' go through all that is marked.');
    }

    const drawn = known.axes.map(function (axis, i) {
      const area = element('rect', {
        x: axis.x - 14, y: top - 4, width: 28, height: bottom - top + 8,
        fill: 'transparent', style: 'cursor:crosshair;touch-action:pan-x',
      });
      const mark = element('rect', {
        x: axis.x - 6, width: 12, fill: known.hue, 'fill-opacity': 0.25, 'pointer-events': 'none',
      });
      const ends = [0, 1].map(function (end) {
        const handle = element('g', {
          role: 'slider', tabindex: 0, 'aria-orientation': 'vertical',
          'aria-label': `${axis.name}, ${end ? 'upper' : 'lower'} end`,
          'aria-valuemin': 0, 'aria-valuemax': 100, style: 'cursor:ns-resize;touch-action:none',
        });
        const away = end ? -1 : 1;
        handle.append(
          element('rect', {
            x: -14, y: end ? -29 : 1, width: 28, height: 28, fill: 'transparent',
          }),
          element('path', { d: `M-8 ${2 * away} h16 l-8 ${10 * away} z`, fill: 'currentColor' }),
        );
        return handle;
      });
      svg.append(area, mark, ...ends);
      return { area, mark, ends };
    });

    function place() {
      drawn.forEach(function ({ mark, ends }, i) {
        const [low, high] = parts[i];
        mark.setAttribute('y', toY(high) - 4);
        mark.setAttribute('height', toY(low) - toY(high) + 8);
        mark.setAttribute('visibility', high - low < 1 ? 'visible' : 'hidden');
        ends.forEach(function (handle, end) {
          const share = parts[i][end];
          const y = toY(share) + (end ? -4 : 4);
          handle.setAttribute('transform', `translate(${known.axes[i].x} ${y})`);
          handle.setAttribute('aria-valuenow', Math.round(100 * share));
          handle.setAttribute('aria-valuetext', worth(known.axes[i], share));
        });
      });
      show();
    }

    function move(i, end, share) {
      const [low, high] = parts[i];
      parts[i][end] = end ? Math.min(1, Math.max(low, share)) : Math.max(0, Math.min(high, share));
      place();
    }

    function step(i, end, by) {
      const { stops } = known.axes[i];
      const now = parts[i][end];
      if (!stops) return move(i, end, now + by * STEP);
      const further = stops.map(([share]) => share).filter((s) => by * (s - now) > 1e-6);
      if (further.length) move(i, end, by > 0 ? Math.min(...further) : Math.max(...further));
    }

    drawn.forEach(function ({ area, ends }, i) {
      area.addEventListener('pointerdown', function (event) {
        const from = toShare(event);
        area.setPointerCapture(event.pointerId);
        const drag = function (moved) {
          const to = toShare(moved);
          parts[i] = [Math.min(from, to), Math.max(from, to)];
          place();
        };
        const end = function () {
          area.removeEventListener('pointermove', drag);
          if (parts[i][1] - parts[i][0] < 0.02) parts[i] = [0, 1]; // a click clears the axis
          place();
        };
        area.addEventListener('pointermove', drag);
        area.addEventListener('lostpointercapture', end, { once: true });
        parts[i] = [from, from];
        event.preventDefault();
      });
      ends.forEach(function (handle, end) {
        handle.addEventListener('pointerdown', function (event) {
          handle.setPointerCapture(event.pointerId);
          const drag = (moved) => move(i, end, toShare(moved));
          handle.addEventListener('pointermove', drag);
          handle.addEventListener('lostpointercapture', function () {
            handle.removeEventListener('pointermove', drag);
          }, { once: true });
          handle.focus();
          event.preventDefault();
        });
        // A notebook's page may take the arrow keys before they come here; the others it leaves.
        const keys = {
          ArrowUp: () => step(i, end, 1), ArrowRight: () => step(i, end, 1),
          ArrowDown: () => step(i, end, -1), ArrowLeft: () => step(i, end, -1),
          PageUp: () => step(i, end, 1), PageDown: () => step(i, end, -1),
          Home: () => move(i, end, 0), End: () => move(i, end, 1),
        };
        handle.addEventListener('keydown', function (event) {
          if (!keys[event.key]) return;
          keys[event.key]();
          event.preventDefault();
          event.stopPropagation();
        });
      });
    });
    figure.querySelector('button').addEventListener('click', function () {
      parts.forEach((part, i) => { parts[i] = [0, 1]; });
      place();
    });

    known.axes.forEach((axis, i) => { parts[i] = axis.opened; });
    place();
    figure.dataset.brushed = '';
  }

  for (const figure of document.querySelectorAll('[data-brush]:not([data-brushed])')) start(figure);
})();
