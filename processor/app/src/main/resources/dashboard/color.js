// Colours of the data: viridis for a quantity (perceptually even, safe for colour-blind eyes), fixed hues for channels.

const dark = matchMedia('(prefers-color-scheme: dark)');

// Eleven evenly spaced stops of matplotlib's viridis (CC0), interpolated linearly in sRGB.
const VIRIDIS = [
  [68, 1, 84], [72, 36, 117], [65, 68, 135], [53, 95, 141], [42, 120, 142], [33, 145, 140],
  [34, 168, 132], [68, 191, 112], [122, 209, 81], [189, 223, 38], [253, 231, 37],
];

/** Colour of a share: 0 is the low end, 1 the high end; values outside are clamped. */
export const viridis = (share) => mix(VIRIDIS, share);

/** Linear between evenly spaced stops. */
function mix(stops, share) {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const rest = place - low;
  const mixed = stops[low].map((value, i) => Math.round(value + (stops[low + 1][i] - value) * rest));
  return `rgb(${mixed.join(' ')})`;
}

// Blue below, orange above, calm in the middle: told apart with all common kinds of colour blindness.
const BELOW_ABOVE = {
  light: [[27, 88, 160], [96, 155, 209], [196, 219, 238], [240, 241, 243], [249, 214, 182], [231, 139, 66], [168, 72, 8]],
  dark: [[130, 196, 255], [74, 143, 208], [49, 88, 127], [44, 53, 67], [118, 74, 47], [212, 120, 66], [255, 178, 122]],
};

/** Colour of a value between two ends that are equally far from 0: −1 is the low end, 0 the middle, 1 the high end. */
export function diverging(share) {
  return mix(BELOW_ABOVE[dark.matches ? 'dark' : 'light'], (share + 1) / 2);
}

// Hues told apart with all common kinds of colour blindness, one set for each ground.
const LIGHT = ['#0072b2', '#d55e00', '#00876c', '#a3459c', '#8a6d00', '#c2185b', '#4b3fbf', '#5b6470'];
const DARK = ['#56b4e9', '#ff8a4c', '#3ddbb0', '#e08fd9', '#e3c13a', '#ff77a8', '#9d92ff', '#aab4c2'];

/** Colour of a channel by its place in the model; the same everywhere on the page. */
export function channelColor(index) {
  const hues = dark.matches ? DARK : LIGHT;
  return hues[index % hues.length];
}

/** Calls back when the theme changes, for colours that do not come from the style sheet. */
export function onTheme(redraw) {
  dark.addEventListener('change', redraw);
}
