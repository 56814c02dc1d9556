// What the network takes in of a window: the mean and the spread over time of each coefficient of its
// MFCC image, c0 counted from its highest, as the level is the microphone's.
const MOST = 20; // coefficients; those above them say little of a sound

/** The statistics of an image (frames × coefficients): the means, then the spreads. */
export function statisticsOf(mfcc, coefficients) {
  const count = Math.min(MOST, coefficients);
  const frames = mfcc.length / coefficients;
  const means = new Float32Array(count);
  const spreads = new Float32Array(count);
  for (let c = 0; c < count; c++) {
    let [sum, highest] = [0, -Infinity];
    for (let i = c; i < mfcc.length; i += coefficients) {
      sum += mfcc[i];
      highest = Math.max(highest, mfcc[i]);
    }
    const mean = sum / frames;
    let squares = 0;
    for (let i = c; i < mfcc.length; i += coefficients) squares += (mfcc[i] - mean) ** 2;
    means[c] = c === 0 ? mean - highest : mean;
    spreads[c] = Math.sqrt(squares / frames);
  }
  return [...means, ...spreads];
}

/** The mean of the statistics over windows that are not silent; null where all are. */
export function meanOf(windows) {
  const heard = windows.filter((window) => !window.silent).map((window) => window.statistics);
  if (!heard.length) return null;
  return heard[0].map((_, i) => heard.reduce((sum, each) => sum + each[i], 0) / heard.length);
}
