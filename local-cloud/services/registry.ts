/** The services that stand beside the emulator. */
import { applicationAutoScalingService } from './applicationautoscaling';
import { athenaService } from './athena';
import { codebuildService } from './codebuild';
import { codepipelineService } from './codepipeline';
import { freeTierService } from './freetier';
import { glueService } from './glue';
import { sagemakerService } from './sagemaker';
import type { Cloud, Service } from './service';
import { conforming } from './serviceModel';
import { serviceQuotasService } from './servicequotas';

export function makeServices(cloud: Cloud): readonly Service[] {
  return [
    glueService(cloud),
    athenaService(cloud),
    codebuildService(cloud),
    sagemakerService(cloud),
    codepipelineService(cloud),
    serviceQuotasService(cloud),
    freeTierService(cloud),
    applicationAutoScalingService(),
  ].map((service) => conforming(cloud.python, service));
}
