// Five sounds without names, to be guessed: every answer is told at once, with a reason.
(function () {
  'use strict';
  const REASONS = {
    'acoustic guitar': 'plucked: each note begins at once and dies away by itself',
    cello: 'bowed: notes are held as long as the bow moves, and many overtones make them rich',
    clarinet: 'blown, and hollow: a closed pipe leaves out the even overtones of its low notes',
    'double bass': 'the lowest of the five: its strings are twice as long as a cello’s',
    saxophone: 'blown, and bright: its pipe is a cone, so all overtones sound',
  };
  const NAMES = Object.keys(REASONS);
  const here = document.currentScript.src.replace(/[^/]*$/, '');

  function element(kind, properties, ...inside) {
    const made = Object.assign(document.createElement(kind), properties);
    made.append(...inside);
    return made;
  }

  // What the machine of the page says of the same sounds: written when the site is built.
  function machine(answers) {
    if (!window.guessesHeard) return ''; // it could not be loaded
    const { said, learned } = window.guessesHeard;
    const named = answers.filter((answer, i) => said[i] === answer);
    const refused = answers.filter((answer, i) => said[i] === null);
    const taken = answers.filter((answer, i) => said[i] !== null && said[i] !== answer);
    const told = ['The machine below names ' + named.length + ' of them; it had learned from ' +
      learned + ' of these recordings.'];
    if (refused.length) {
      told.push('Of the ' + refused.join(' and the ') + ' it says: none of the five.');
    }
    for (const answer of taken) {
      told.push('It takes the ' + answer + ' for the ' + said[answers.indexOf(answer)] + '.');
    }
    return told.join(' ');
  }

  function start(place) {
    const answers = place.dataset.guess.split(', ');
    let given = 0;
    let right = 0;
    const score = element('p', { className: 'guess-score' });
    score.setAttribute('role', 'status');
    const rows = answers.map(function (answer, i) {
      const name = 'Sound ' + (i + 1);
      const player = element('audio', { controls: true, preload: 'none' });
      player.src = here + 'guess/' + (i + 1) + '.mp3';
      player.setAttribute('aria-label', name);
      const told = element('p', { className: 'guess-told' });
      told.setAttribute('role', 'status');
      const choices = element('div', { className: 'guess-choices' });
      choices.setAttribute('role', 'group');
      choices.setAttribute('aria-label', name + ' is a');
      for (const choice of NAMES) {
        const button = element('button', { type: 'button', textContent: choice });
        button.setAttribute('aria-pressed', 'false');
        button.addEventListener('click', function () {
          if (button.getAttribute('aria-disabled')) return;
          button.setAttribute('aria-pressed', 'true');
          // They keep the place of the keyboard, which buttons that are disabled lose.
          for (const other of choices.children) {
            other.setAttribute('aria-disabled', 'true');
            if (other.textContent === answer) other.classList.add('guess-right');
          }
          given += 1;
          right += choice === answer;
          told.textContent = (choice === answer ? 'Right, ' : 'No, ') + 'it is the ' + answer +
            ', ' + REASONS[answer] + '.';
          if (given < answers.length) {
            score.textContent = right + ' of ' + given + ' right so far.';
            return;
          }
          const tell = function () {
            score.textContent = 'You named ' + right + ' of ' + given + '. Whoever guesses blindly ' +
              'gets one in five. ' + machine(answers) + ' Now let it listen to other sounds.';
          };
          const src = here + 'guess/heard.js';
          document.head.append(element('script', { src, onload: tell, onerror: tell }));
        });
        choices.append(button);
      }
      const title = element('p', { className: 'guess-name', textContent: name });
      return element('li', {}, title, player, choices, told);
    });
    place.replaceChildren(element('ol', { className: 'guess-sounds' }, ...rows), score);
  }

  for (const place of document.querySelectorAll('[data-guess]')) start(place);
})();
