import type { Theme } from 'vitepress';
// Without its fonts: the system's are there already.
import DefaultTheme from 'vitepress/theme-without-fonts';
import LabPanel from './LabPanel.vue';
import StepPanel from './StepPanel.vue';
import CloudPage from './views/CloudPage.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('LabPanel', LabPanel).component('StepPanel', StepPanel).component('CloudPage', CloudPage);
  },
} satisfies Theme;
