// The elements of the page; page.js brings them to life. What is announced to screen readers is
// always there, as a region that appears together with its text is often not read.
let mounts = 0;

const ACCEPTED = 'audio/*,.wav,.aif,.aiff,.flac,.ogg,.oga,.opus,.mp3,.aac,.m4a,.mp4,.webm,.3gp';

export function template() {
  const id = `listen-${++mounts}`;
  return `
<div class="listen-inputs" role="group" aria-label="Choose a sound">
  <div class="listen-choice">
    <label for="${id}-clip">A clip of the book</label>
    <select id="${id}-clip" data-part="clip" aria-describedby="${id}-chosen"
      ><option value="">Choose a clip</option></select>
    <button type="button" class="listen-button" data-part="copy" hidden>Copy a link to this clip</button>
    <small aria-live="polite" data-part="copied"></small>
    <small id="${id}-chosen" data-part="chosen"></small>
    <button type="button" class="listen-button" data-part="gallery">Hear clips that it gets wrong</button>
  </div>
  <div class="listen-choice">
    <span class="listen-label">Your instrument</span>
    <button type="button" class="listen-button" data-part="microphone"
      aria-describedby="${id}-most-microphone">Listen to the microphone</button>
    <small><span id="${id}-most-microphone" data-part="most-microphone"></span>
      <span aria-hidden="true" data-part="elapsed"></span></small>
  </div>
  <div class="listen-choice listen-wide" data-part="drop">
    <label for="${id}-file">Your sound file</label>
    <span class="listen-file"><input type="file" id="${id}-file" data-part="file" multiple
      aria-describedby="${id}-most-file" accept="${ACCEPTED}"
      ><span class="listen-button" aria-hidden="true">Choose files, or drop them here</span></span>
    <small id="${id}-most-file">WAV, FLAC, Ogg, MP3 and what else your browser plays, of any length
      up to 4 GB; several are heard one after the other</small>
  </div>
  <p class="listen-private">The sound never leaves this page: your browser does the listening, and
    no server gets it. The first sound also loads the network and what runs it, some 3 MB.</p>
</div>
<div class="listen-trouble" data-part="trouble">
  <p role="alert" data-part="alert"></p>
  <button type="button" class="listen-button" data-part="again" hidden>Try again</button>
</div>
<p class="listen-verdict" role="status" data-part="status" tabindex="-1"></p>
<p aria-live="polite" data-part="own-answer"></p>
<p class="listen-unseen" aria-live="polite" data-part="heard"></p>
<p class="listen-label" aria-live="polite" data-part="files-title"></p>
<div class="listen-scroll" tabindex="0" role="region" aria-label="The files" data-part="files" hidden>
  <ol class="listen-files" data-part="files-list"></ol>
</div>
<p class="listen-note" aria-live="polite" data-part="level-words"></p>
<div data-part="live" hidden>
  <div class="listen-meter" role="meter" aria-label="Level of the microphone" data-part="level"></div>
  ${image('rolling', '')}
  <p class="listen-verdict" data-part="hearing"></p>
</div>
<div class="listen-working" data-part="working" hidden>
  <label for="${id}-progress" data-part="progress-label"></label>
  <progress id="${id}-progress" data-part="progress"></progress>
  <button type="button" class="listen-button" data-part="cancel">Cancel</button>
</div>
<div class="listen-bars" data-part="mean" hidden>
  <p class="listen-label" data-part="mean-title"></p>
  <ul data-part="bars"></ul>
</div>
<form class="listen-asked" data-part="wrong" hidden>
  <label for="${id}-really">What was it really?</label>
  <input type="text" id="${id}-really" list="${id}-answers" maxlength="60" required autocomplete="off"
    data-part="really"><datalist id="${id}-answers" data-part="answers"></datalist>
  <button type="submit" class="listen-button">This was wrong</button>
</form>
<p class="listen-note" aria-live="polite" tabindex="-1" data-part="logged"></p>
<details data-part="log" hidden>
  <summary data-part="log-title"></summary>
  <div class="listen-scroll" tabindex="0" role="region" aria-label="The log of wrong answers"
    ><table data-part="log-table"></table></div>
  <p class="listen-buttons">
    <button type="button" class="listen-button" data-part="log-save">Save it as CSV</button>
    <button type="button" class="listen-button" data-part="log-clear">Clear it</button></p>
  <p class="listen-note">It is kept in this browser alone, and no server gets it.</p>
</details>
<div class="listen-result" data-part="result" hidden>
  <div data-part="player"></div>
  <figure class="listen-timeline">
    <div class="listen-names" aria-hidden="true" data-part="names"></div>
    <div class="listen-plot">
      <svg role="img" preserveAspectRatio="none" data-part="plot"></svg>
      <input type="range" min="0" step="0.01" id="${id}-moment" data-part="moment">
    </div>
    <label for="${id}-moment">Moment</label>
    <div class="listen-times" aria-hidden="true" data-part="times"></div>
    <figcaption><span aria-hidden="true" data-part="now"></span>
      <span data-part="passages"></span></figcaption>
  </figure>
  <details data-part="details">
    <summary>The timeline as a table</summary>
    <div class="listen-scroll" tabindex="0" role="region" aria-label="The timeline as a table"
      ><table data-part="table"></table></div>
  </details>
  <p class="listen-note" data-part="unasked" hidden></p>
  <div data-part="images">
    <p class="listen-label" data-part="bands-label"></p>
    ${image('bands')}
    <p class="listen-label" data-part="mfcc-label"></p>
    ${image('mfcc')}
    <p class="listen-label"><label for="${id}-class">What speaks for</label>
      <select id="${id}-class" data-part="class"></select></p>
    ${image('heat')}
  </div>
</div>
<details data-part="own">
  <summary>Teach it a sound of your own</summary>
  <p>Give two classes or more a few recordings each: a door and a kettle, two guitars, you and a
    friend. What is heard next is then compared with them, by what the units of the network's hidden
    layer say. All of it stays in this page, and is forgotten when you leave it.</p>
  <form class="listen-asked" data-part="own-form">
    <label for="${id}-own-name">Class</label>
    <input type="text" id="${id}-own-name" maxlength="40" autocomplete="off" data-part="own-name">
    <button type="button" class="listen-button" data-part="own-record">Record</button>
    <span class="listen-file" data-part="own-drop"><input type="file" multiple
      aria-label="Choose files of this class, or drop them here" accept="${ACCEPTED}" data-part="own-file"
      ><span class="listen-button" aria-hidden="true">Choose files, or drop them here</span></span>
    <button type="button" class="listen-button" data-part="own-last">Take what was heard last</button>
  </form>
  <p class="listen-note" aria-live="polite" data-part="own-told"></p>
  <p aria-live="polite" data-part="own-score"></p>
  <div data-part="own-taught" hidden>
    <div class="listen-scroll" tabindex="0" role="region" aria-label="Your own classes"
      ><table data-part="own-table"></table></div>
    <p class="listen-buttons"><button type="button" class="listen-button" data-part="own-forget"
      >Forget all of it</button></p>
  </div>
</details>`;
}

// A picture with axes: bands or coefficients upwards, time to the right.
function image(name, over = `<span class="listen-line" data-part="${name}-line"></span>`) {
  return `
<figure class="listen-image">
  <div class="listen-rows" aria-hidden="true" data-part="${name}-rows"></div>
  <div class="listen-canvas"><canvas role="img" data-part="${name}"></canvas
    >${over}</div>
  <div class="listen-times" aria-hidden="true" data-part="${name}-times"></div>
  <figcaption data-part="${name}-caption"></figcaption>
</figure>`;
}
