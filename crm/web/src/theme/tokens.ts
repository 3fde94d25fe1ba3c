/** The visual system's colours by scheme. A component uses them as `var(--rb-NAME)`, never as a value. */
const pairs = {
  canvas: ['#f4f4f1', '#131519'],
  surface: ['#ffffff', '#1b1e24'],
  sunken: ['#f0f0ec', '#23272e'],
  rail: ['#ebebe6', '#0e1013'],
  line: ['#e3e3dd', '#2c3139'],
  line2: ['#cdcdc5', '#424955'],
  field: ['#84878e', '#737b88'],
  ink: ['#1a1d23', '#e8eaee'],
  ink2: ['#4f555f', '#b4bac5'],
  ink3: ['#676c76', '#949ba8'],
  blue: ['#2a55c8', '#8fb0ff'],
  'blue-fill': ['#2a55c8', '#3a63d2'],
  'blue-tint': ['#e8eefb', '#1f2b47'],
  green: ['#17724a', '#63c795'],
  'green-fill': ['#17724a', '#1d7f52'],
  'green-tint': ['#e2f2e9', '#15321f'],
  amber: ['#8f5205', '#eab35c'],
  'amber-fill': ['#e9a23b', '#d08f2d'],
  'amber-tint': ['#fcf0da', '#38290f'],
  red: ['#bd302a', '#f28b82'],
  'red-fill': ['#bd302a', '#c43c35'],
  'red-tint': ['#fce9e7', '#3f1d1c'],
  teal: ['#0b6f83', '#5fc3d6'],
  'teal-tint': ['#dff1f4', '#12343b'],
  violet: ['#6842b8', '#b79df2'],
  'violet-tint': ['#efeafa', '#2c2344'],
  ring: ['#1c2a4f', '#24408f'],
  'ring-ink2': ['#b9c5e6', '#c6d3fa'],
  shadow: ['0 8px 28px rgb(20 24 32 / 18%)', '0 8px 28px rgb(0 0 0 / 55%)'],
} as const;

/** A colour's name. */
export type Token = keyof typeof pairs;

/** The tokens of one scheme as CSS variables. */
export function tokens(scheme: 'light' | 'dark'): Record<string, string> {
  const i = scheme === 'light' ? 0 : 1;
  return Object.fromEntries(Object.entries(pairs).map(([name, pair]) => [`--rb-${name}`, pair[i]]));
}
