/** The guide of lab monitoring, typed as it stands: each command does what the text says, and what is seen has its figures. */
import { lab } from '../../labs/monitoring/lab';
import { playGuide } from './play';

playGuide(lab);
playGuide(lab, { explain: true });
