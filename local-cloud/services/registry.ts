/** The services that stand beside the emulator. */
import { glueService } from './glue';
import { sagemakerService } from './sagemaker';
import type { Cloud, Service } from './service';

export function makeServices(cloud: Cloud): readonly Service[] {
  return [glueService(cloud), sagemakerService(cloud)];
}
