import type { Theme } from 'vitepress';
// Without its fonts: the system's are there already.
import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';

export default { extends: DefaultTheme } satisfies Theme;
