/** Opens a target by its name; loads only the one that is asked for. */
import type { OpenTarget } from './target';

export type { Denied, OpenTarget, Target, TargetOptions } from './target';

export const openTarget: OpenTarget = async (name, options) =>
  name === 'local' ? (await import('./local')).openLocal(options) : (await import('./aws')).openAws(options);
