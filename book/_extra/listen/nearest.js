// Names what it was taught: the class whose middle is nearest, in the spreads of what was taught.

const LEAST = 0.01; // of a spread

/** The names of the classes of recordings, in the order in which they came. */
export function labelsOf(recordings) {
  return [...new Set(recordings.map(({ label }) => label))];
}

/** The classes of recordings [{ label, features }], the nearest first: { label, count, distance },
 * `distance` being the root of the mean square over the features. */
export function nearestOf(recordings, features) {
  const spreads = features.map((_, i) => spreadOf(recordings.map((each) => each.features[i])));
  return labelsOf(recordings).map((label) => {
    const own = recordings.filter((each) => each.label === label);
    const squares = features.map((value, i) => (
      ((value - meanOf(own.map((each) => each.features[i]))) / spreads[i]) ** 2
    ));
    return { label, count: own.length, distance: Math.sqrt(meanOf(squares)) };
  }).sort((a, b) => a.distance - b.distance);
}

/** Each recording named by what the others teach: { right, tried, usual }. Only those are tried whose
 * class has another; `usual` are the right ones of who always names the class with the most. */
export function leftOut(recordings) {
  const tried = recordings.filter(({ label }, i) => (
    recordings.some((other, j) => j !== i && other.label === label)
  ));
  const right = tried.filter((one) => {
    const others = recordings.filter((other) => other !== one);
    return nearestOf(others, one.features)[0].label === one.label;
  });
  const counts = tried.map(({ label }) => tried.filter((other) => other.label === label).length);
  return { right: right.length, tried: tried.length, usual: Math.max(0, ...counts) };
}

/** The mean of the features over windows that are not silent; null where all are. */
export function featuresOf(windows) {
  const heard = windows.filter((window) => !window.silent).map((window) => window.features);
  if (!heard.length) return null;
  return heard[0].map((_, i) => meanOf(heard.map((each) => each[i])));
}

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spreadOf(values) {
  const mean = meanOf(values);
  return Math.max(LEAST, Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2))));
}
