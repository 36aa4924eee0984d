// From pixels of a photo to the square that the network sees: the same numbers as tlcore.images.resize, which uses
// Pillow's antialiased bilinear filter. Sums are made as there, in whole numbers of 22 bits after the point. Of tall
// photos Pillow filters columns before rows: there single values differ by 1 of 255.

const BITS = 22;
const GRAY = 128;

function roundToEven(number) { // as Python rounds
  const below = Math.floor(number);
  const rest = number - below;
  if (rest === 0.5) return below + (below % 2);
  return rest < 0.5 ? below : below + 1;
}

// Height and width of the whole photo in pixels of the square.
function wholeSize(photo, size, mode) {
  const high = photo.height / size;
  const wide = photo.width / size;
  const scale = { crop: 0.875 * Math.min(high, wide), pad: Math.max(high, wide) }[mode];
  const length = (ownScale) => Math.max(1, roundToEven(scale ? size / (scale / ownScale) : size));
  return { height: length(high), width: length(wide) };
}

// For each pixel of the square along one side: where its sum begins in the photo, and the weights. As there, they are
// reckoned from the borders of what is seen, with a margin, and Pillow keeps those with 24 bits.
function weights(pixels, whole, size) {
  const offset = Math.floor((whole - size) / 2);
  const first = Math.max(0, offset);
  const last = Math.min(whole, offset + size);
  const margin = Math.ceil(Math.max(1, whole / pixels)) + 1;
  const outer = { first: Math.max(0, first - margin), last: Math.min(whole, last + margin) };
  const begin = Math.fround(outer.first * (pixels / whole));
  const length = Math.fround(Math.fround(Math.min(pixels, outer.last * (pixels / whole))) - begin);
  const scale = length / (outer.last - outer.first);
  const reach = Math.max(1, scale);
  const sums = [];
  for (let place = first; place < last; place++) {
    const center = begin + (place - outer.first + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - reach + 0.5));
    const end = Math.min(pixels, Math.trunc(center + reach + 0.5));
    const shares = [];
    for (let x = start; x < end; x++) shares.push(Math.max(0, 1 - Math.abs((x + 0.5 - center) / reach)));
    const total = shares.reduce((sum, share) => sum + share, 0);
    sums.push({ start, shares: Int32Array.from(shares, (share) => Math.floor(0.5 + (share / total) * 2 ** BITS)) });
  }
  return { sums, border: Math.max(0, -offset) };
}

// One pass of the filter. `step` leads from one pixel of a sum to the next, `stride` from one line to the next.
function filterLines(source, target, sums, lines, from, to) {
  for (let line = 0; line < lines; line++) {
    for (let place = 0; place < sums.length; place++) {
      const { start, shares } = sums[place];
      let red = 1 << (BITS - 1);
      let green = red;
      let blue = red;
      let at = line * from.stride + start * from.step;
      for (let index = 0; index < shares.length; index++, at += from.step) {
        const share = shares[index];
        red += source[at] * share;
        green += source[at + 1] * share;
        blue += source[at + 2] * share;
      }
      const put = to.offset + line * to.stride + place * to.step;
      target[put] = red >> BITS;
      target[put + 1] = green >> BITS;
      target[put + 2] = blue >> BITS;
    }
  }
}

// photo: {width, height, data: RGBA}; returns float32 RGB, size x size, 0..255.
function makeSquare(photo, size, mode) {
  const whole = wholeSize(photo, size, mode);
  const across = weights(photo.width, whole.width, size);
  const down = weights(photo.height, whole.height, size);
  const top = down.sums[0].start;
  const end = down.sums.at(-1);
  const rows = end.start + end.shares.length - top;
  const columns = across.sums.length;
  const narrow = new Uint8ClampedArray(rows * columns * 3);
  const lines = photo.data.subarray(top * photo.width * 4);
  filterLines(lines, narrow, across.sums, rows, { step: 4, stride: photo.width * 4 },
    { offset: 0, step: 3, stride: columns * 3 });
  const square = new Float32Array(size * size * 3).fill(GRAY);
  const shifted = down.sums.map(({ start, shares }) => ({ start: start - top, shares }));
  filterLines(narrow, square, shifted, columns, { step: columns * 3, stride: 3 },
    { offset: (down.border * size + across.border) * 3, step: size * 3, stride: 3 });
  return square;
}

// A large JPEG is read at 1/2, 1/4 or 1/8 in training; here blocks of pixels are averaged instead.
function jpegScale(photo, size) {
  const short = Math.min(photo.width, photo.height);
  return [8, 4, 2].find((scale) => short >= 2 * size * scale) ?? 1;
}

function shrink(photo, scale) {
  if (scale === 1) return photo;
  const width = Math.ceil(photo.width / scale);
  const height = Math.ceil(photo.height / scale);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    const bottom = Math.min(photo.height, (y + 1) * scale);
    for (let x = 0; x < width; x++) {
      const right = Math.min(photo.width, (x + 1) * scale);
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let row = y * scale; row < bottom; row++) {
        for (let at = (row * photo.width + x * scale) * 4, stop = (row * photo.width + right) * 4; at < stop; at += 4) {
          red += photo.data[at];
          green += photo.data[at + 1];
          blue += photo.data[at + 2];
        }
      }
      const count = (bottom - y * scale) * (right - x * scale);
      const put = (y * width + x) * 4;
      data[put] = red / count;
      data[put + 1] = green / count;
      data[put + 2] = blue / count;
    }
  }
  return { width, height, data };
}
