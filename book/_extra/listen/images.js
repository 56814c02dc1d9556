// Paints mel bands, MFCC images and heat maps, a pixel for each value. The colours are those of the book's
// figures, matplotlib's viridis and inferno: bright is high in both, for every kind of eye.

const VIRIDIS = anchors('440154 472d7b 3b528b 2c728e 21918c 28ae80 5ec962 addc30 fde725');
const INFERNO = anchors('000004 210c4a 57106e 8a226a bc3754 e45a31 f98e09 f9cb35 fcffa4');

const FAINT = 2; // a spread of a coefficient so small that it says little

// The values (frames × coefficients) with each coefficient scaled for itself, from -1 to 1.
function scaled(mfcc, coefficients) {
  const frames = mfcc.length / coefficients;
  const result = new Float32Array(mfcc.length);
  for (let c = 0; c < coefficients; c++) {
    let sum = 0;
    let squares = 0;
    for (let i = c; i < mfcc.length; i += coefficients) {
      sum += mfcc[i];
      squares += mfcc[i] ** 2;
    }
    const mean = sum / frames;
    const spread = Math.sqrt(Math.max(0, squares / frames - mean ** 2));
    for (let i = c; i < mfcc.length; i += coefficients) {
      result[i] = clamp((mfcc[i] - mean) / (2 * Math.max(spread, FAINT)), -1, 1);
    }
  }
  return result;
}

/** Paint frames of levels in dB, one after the other, all on one scale, `range` dB under the loudest. */
export function paintBands(canvas, levels, bands, loudest, range) {
  paint(canvas, bands, levels, (i) => colourOf(VIRIDIS, 1 + (levels[i] - loudest) / range));
}

/** Paint the first `shown` coefficients of an MFCC image. */
export function paintMfcc(canvas, mfcc, coefficients, shown) {
  const values = scaled(mfcc.filter((_, i) => i % coefficients < shown), shown);
  paint(canvas, shown, values, (i) => colourOf(VIRIDIS, (values[i] + 1) / 2));
}

/** Paint a heat map over mel bands in grey: the hottest places are always bright. */
export function paintHeat(canvas, levels, heat, bands, loudest, range) {
  const bright = quantile(heat, BRIGHTEST) || 1;
  paint(canvas, bands, levels, (i) => {
    const part = Math.min(1, heat[i] / bright);
    const cover = Math.sqrt(part); // so that what is lukewarm is seen too
    const grey = 140 * clamp(1 + (levels[i] - loudest) / range, 0, 1);
    return colourOf(INFERNO, 0.3 + 0.7 * part).map((hot) => (1 - cover) * grey + cover * hot);
  });
}

// All above this share of the places is as bright as can be: one onset would outshine the rest.
const BRIGHTEST = 0.99;

function quantile(values, share) {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.floor(share * (sorted.length - 1))];
}

/** Where a heat map is hottest: its frame and band, and the band with the most heat over all frames;
 * null where it is empty. */
export function hottest(heat, bands) {
  const highest = heat.reduce((a, b) => Math.max(a, b));
  if (!(highest > 0)) return null;
  const place = heat.indexOf(highest);
  const sums = Array.from({ length: bands }, () => 0);
  heat.forEach((value, i) => { sums[i % bands] += value; });
  return {
    frame: Math.floor(place / bands),
    band: place % bands,
    most: sums.indexOf(Math.max(...sums)),
  };
}

function paint(canvas, rows, values, colour) {
  const frames = values.length / rows;
  canvas.width = frames;
  canvas.height = rows;
  const context = canvas.getContext('2d');
  const image = context.createImageData(frames, rows);
  for (let i = 0; i < values.length; i++) {
    const row = rows - 1 - (i % rows); // the first at the bottom
    const place = 4 * (row * frames + Math.floor(i / rows));
    image.data.set([...colour(i), 255], place);
  }
  context.putImageData(image, 0, 0);
}

function colourOf(map, part) {
  const place = clamp(part, 0, 1) * (map.length - 1);
  const i = Math.min(Math.floor(place), map.length - 2);
  return map[i].map((from, n) => from + (place - i) * (map[i + 1][n] - from));
}

// Red, green and blue of some colours between which the others lie.
function anchors(colours) {
  return colours.split(' ').map((colour) => (
    [0, 2, 4].map((at) => parseInt(colour.slice(at, at + 2), 16))
  ));
}

function clamp(value, least, most) {
  return Math.max(least, Math.min(most, value));
}
