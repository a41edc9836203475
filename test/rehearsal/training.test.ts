/** Lab 2 from up to down on a local cloud. */
import { rehearsed } from './rehearsed';

describe('./lab rehearse training --json', () => {
  rehearsed('training', ['data', 'train', 'tune', 'evaluate', 'register', 'approve', 'rollback']);
});
