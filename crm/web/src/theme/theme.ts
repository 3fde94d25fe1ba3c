import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';
import { tokens } from './tokens';

const ink: MantineColorsTuple = [
  '#e8eefb',
  '#cfdcf7',
  '#a9c0f1',
  '#8fb0ff',
  '#5f86e3',
  '#3a63d2',
  '#2a55c8',
  '#2347aa',
  '#1d3a8a',
  '#1c2a4f',
];

/** The library's dark greys, from text to the deepest ground, in the product's own. */
const dark: MantineColorsTuple = [
  '#e8eaee',
  '#b4bac5',
  '#949ba8',
  '#737b88',
  '#424955',
  '#2c3139',
  '#23272e',
  '#1b1e24',
  '#131519',
  '#0e1013',
];

/** Mantine's theme: the library's components in the product's sizes. */
export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 6, dark: 5 },
  colors: { ink, dark },
  defaultRadius: 6,
  cursorType: 'pointer',
  fontFamily: "'Inter Variable', Inter, system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '16px', lineHeight: '24px' },
      h3: { fontSize: '13px', lineHeight: '20px' },
    },
  },
  components: {
    Button: {
      defaultProps: { size: 'sm', variant: 'default' },
      styles: { root: { '--button-height': '32px' }, label: { fontWeight: 500 } },
    },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', checkIconPosition: 'right' } },
    Modal: { defaultProps: { centered: true, radius: 10 } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: 12, highlightOnHover: true } },
  },
});

/** The tokens, and Mantine's own variables where they have a counterpart among them. */
export const resolver: CSSVariablesResolver = () => {
  const mantine = {
    '--mantine-color-body': 'var(--rb-canvas)',
    '--mantine-color-text': 'var(--rb-ink)',
    '--mantine-color-dimmed': 'var(--rb-ink3)',
    '--mantine-color-placeholder': 'var(--rb-ink3)',
    '--mantine-color-default': 'var(--rb-surface)',
    '--mantine-color-default-hover': 'var(--rb-sunken)',
    '--mantine-color-default-color': 'var(--rb-ink)',
    '--mantine-color-default-border': 'var(--rb-line2)',
    '--mantine-color-anchor': 'var(--rb-blue)',
    '--mantine-color-error': 'var(--rb-red)',
    '--mantine-primary-color-filled': 'var(--rb-blue-fill)',
    '--table-border-color': 'var(--rb-line)',
    '--table-hover-color': 'var(--rb-sunken)',
  };
  return { variables: {}, light: { ...tokens('light'), ...mantine }, dark: { ...tokens('dark'), ...mantine } };
};
