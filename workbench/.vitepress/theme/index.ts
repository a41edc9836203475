import type { Theme } from 'vitepress';
// Without its fonts: the system's are there already.
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h } from 'vue';
import ChallengesPanel from './ChallengesPanel.vue';
import GameDayPanel from './GameDayPanel.vue';
import LabPanel from './LabPanel.vue';
import LiveBar from './LiveBar.vue';
import ProgressPage from './ProgressPage.vue';
import StepPanel from './StepPanel.vue';
import CloudPage from './views/CloudPage.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'layout-bottom': () => h(LiveBar) }),
  enhanceApp({ app }) {
    const parts = { LabPanel, StepPanel, ChallengesPanel, GameDayPanel, CloudPage, ProgressPage };
    for (const [name, part] of Object.entries(parts)) app.component(name, part);
  },
} satisfies Theme;
