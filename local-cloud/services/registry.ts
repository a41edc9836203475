/** The services that stand beside the emulator. */
import type { Cloud, Service } from './service';

export function makeServices(_cloud: Cloud): readonly Service[] {
  return [];
}
