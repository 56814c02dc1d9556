// Makes one channel of many.

/** Write the mean of channels into a wave, from one sample to another. False where samples are not
 * numbers. */
export function average(channels, wave, begin = 0, end = wave.length) {
  let check = 0;
  for (let i = begin; i < end; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i];
    wave[i] = sum / channels.length;
    check += wave[i];
  }
  return Number.isFinite(check);
}
