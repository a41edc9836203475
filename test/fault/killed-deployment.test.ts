/** Lab deployment: its commands and its lease killed at seeded points; then a clean clone, or the lease, takes all away. */
import { playKills } from './killed';

playKills('deployment');
