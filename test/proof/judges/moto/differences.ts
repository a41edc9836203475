/** Where this side and moto answer differently, and who is right. */

export interface Difference {
  /** Lines of ask.py that it covers, each of which names operation, side and what that side alone has. */
  readonly covers: RegExp;
  readonly right: 'ours' | 'both';
  /** By what. Where moto is right, ours is mended. */
  readonly reason: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    covers: /^athena\.(get_query_execution|get_query_results|stop_query_execution) (ours error Inval|moto error 500)/,
    right: 'ours',
    reason: 'For an id that does not exist the API reference has InvalidRequestException; moto breaks.',
  },
  {
    covers: /^athena\.get_query_results moto (answered|ResultSet)/,
    right: 'ours',
    reason: 'moto answers an id that does not exist with no rows.',
  },
  {
    covers: /^athena\.get_query_results ours (ResultSet|UpdateCount)/,
    right: 'ours',
    reason: 'moto runs nothing: without prepared results it has no columns and rows.',
  },
  {
    covers: /^athena\.get_query_execution ours QueryExecution\./,
    right: 'ours',
    reason: 'moto leaves out engine, context, subtype, and the location that the workgroup gives.',
  },
  {
    covers: /^codebuild\.(batch_get_builds|start_build) moto builds?(\[\])?\.(source\.(buildspec|git)|sourceVersion)/,
    right: 'ours',
    reason: 'moto answers as if every source were a repository with a buildspec; this one is an object in S3.',
  },
  {
    covers: /^codebuild\.(batch_get_builds|start_build) ours /,
    right: 'ours',
    reason:
      'moto runs nothing, so that it has neither a log stream nor reasons of failure, and leaves out buildsNotFound.',
  },
  {
    covers: /^codebuild\.(batch_get|create)_projects? ours project/,
    right: 'ours',
    reason: 'The CLI examples have lastModified and projectsNotFound, the model the others too.',
  },
  {
    covers: /^codepipeline\.create_pipeline (ours error PipelineNameInUse|moto error InvalidStructure)/,
    right: 'ours',
    reason: 'The API reference has an error of its own for a name in use.',
  },
  {
    covers: /^codepipeline\.create_pipeline moto tags: list/,
    right: 'both',
    reason: 'No tags were given: the model does not require a list.',
  },
  {
    covers: /^codepipeline\.\w+ ours pipelines?(\[\])?\.(executionMode|pipelineType)/,
    right: 'ours',
    reason: 'The API reference gives both a default; moto does not know them.',
  },
  {
    covers: /^codepipeline\.list_pipeline_executions ours pipelineExecutionSummaries/,
    right: 'ours',
    reason: 'A pipeline that is created starts at once; in moto it does not.',
  },
  {
    covers: /^glue\.get_crawlers? ours Crawlers?(\[\])?\.(Classifiers|Config|CrawlerSec|Description|TablePrefix)/,
    right: 'both',
    reason: 'The model requires none of them; moto leaves out what was not given.',
  },
  {
    covers: /^sagemaker\.create_endpoint(_config)? (ours error Validation|moto (Endpoint|answered))/,
    right: 'ours',
    reason:
      'ValidationException for a name in use, a model or a configuration that does not exist; moto looks for neither.',
  },
  {
    covers: /^sagemaker\.create_model(_package_group)? (ours error Validation|moto (Model|answered))/,
    right: 'ours',
    reason: 'ValidationException for a name in use; moto replaces what is there.',
  },
  {
    covers:
      /^sagemaker\.create_(processing|training)_job (ours error ResourceInUse|moto (Processing|Training|answered))/,
    right: 'ours',
    reason: 'The API reference has ResourceInUse for a name in use; moto replaces the job.',
  },
  {
    covers: /^sagemaker\.describe_endpoint ours (FailureReason|ProductionVariants\[\]\.DeployedImages)/,
    right: 'ours',
    reason: 'moto serves nothing: it has no images, and the archive that is none does not fail.',
  },
  {
    covers: /^sagemaker\.describe_endpoint_config ours EnableNetworkIsolation/,
    right: 'both',
    reason: 'The model does not require it; moto leaves it out.',
  },
  {
    covers: /^sagemaker\.describe_model moto Containers: list/,
    right: 'ours',
    reason: 'A model has either a primary container or a list; moto has an empty list beside the former.',
  },
  {
    covers: /^sagemaker\.describe_model_package(_group)? ours (CreatedBy|LastModified)/,
    right: 'ours',
    reason: 'Who made it, in IamIdentity, and when it was approved: moto does not keep them.',
  },
  {
    covers: /^sagemaker\.describe_model_package moto (CreatedBy|LastModifiedBy)/,
    right: 'ours',
    reason: 'The model has these for users of Studio; moto makes one up.',
  },
  {
    covers: /^sagemaker\.describe_model_package moto ModelPackageStatusDetails/,
    right: 'ours',
    reason: 'Nothing was validated or scanned; moto says that a made-up one was.',
  },
  {
    covers: /^sagemaker\.describe_processing_job ours (Processing|StoppingCondition)/,
    right: 'ours',
    reason: 'The model requires ProcessingResources, which moto leaves out; a job that ran has a start and a limit.',
  },
  {
    covers: /^sagemaker\.describe_training_job ours (Billable|Training)TimeInSeconds/,
    right: 'ours',
    reason: 'A job that ran has them; moto runs none.',
  },
  {
    covers: /^sagemaker\.describe_training_job moto (AlgorithmSpecification\.MetricDefinitions|FinalMetricDataList)/,
    right: 'ours',
    reason: 'No metrics were defined, and nothing was measured; moto makes some up.',
  },
  {
    covers: /^sagemaker\.list_training_jobs ours TrainingJobSummaries\[\]\.SecondaryStatus/,
    right: 'ours',
    reason: 'The model has it; moto does not know it.',
  },
];
