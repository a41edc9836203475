/**
 * Container images that the local cloud can stand in for.
 *
 * Accounts and tags: https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
 */
import { JobFailure } from './errors';

/** Accounts of the XGBoost and scikit-learn images; in another Region any account is believed. */
const ACCOUNTS: Readonly<Record<string, string>> = {
  'us-east-1': '683313688378',
  'us-east-2': '257758044811',
  'us-west-2': '246618743249',
  'eu-west-1': '141502667606',
  'eu-central-1': '492215442770',
  'ap-south-1': '720646828776',
  'ap-southeast-1': '121021644041',
  'ap-northeast-1': '354813040037',
};

/** Tags whose libraries the engine's environment matches. */
const TAGS: Readonly<Record<string, readonly string[]>> = {
  'sagemaker-xgboost': ['3.2-0'],
  'sagemaker-scikit-learn': ['1.9-0-cpu-py3'],
};

const URI = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9._/-]+)(?::([\w.-]+))?$/;

export interface Image {
  readonly repository: 'sagemaker-xgboost' | 'sagemaker-scikit-learn';
  readonly tag: string;
}

/**
 * Accounts of Model Monitor's analyzer, which has no tag.
 * https://github.com/aws/sagemaker-python-sdk (image_uri_config/model-monitor.json)
 */
const ANALYZER_ACCOUNTS: Readonly<Record<string, string>> = {
  'us-east-1': '156813124566',
  'us-east-2': '777275614652',
  'us-west-2': '159807026194',
  'eu-west-1': '468650794304',
  'eu-central-1': '048819808253',
  'ap-south-1': '126357580389',
  'ap-southeast-1': '245545462676',
  'ap-northeast-1': '574779866223',
};

/** Whether it is the image of Model Monitor's analyzer, of the Region's account. Processing jobs alone can use it. */
export function isAnalyzer(uri: string, region: string): boolean {
  const [, account, where, repository] = URI.exec(uri) ?? [];
  return (
    repository === 'sagemaker-model-monitor-analyzer' &&
    where === region &&
    (ANALYZER_ACCOUNTS[region] ?? account) === account
  );
}

/** SageMaker counts this image as its own algorithm, in script mode too. */
export function isXgboost(uri: string | undefined): boolean {
  return URI.exec(uri ?? '')?.[3] === 'sagemaker-xgboost';
}

/** "Pulls" an image. @throws JobFailure as a job fails whose image cannot be pulled */
export function pullImage(uri: string, region: string, role: string): Image {
  const found = URI.exec(uri);
  if (!found) throw new JobFailure(`ClientError: Invalid image URI ${uri}`);
  const [, account, where, repository, tag = 'latest'] = found;
  const tags = TAGS[repository!];
  if (!tags || where !== region || (ACCOUNTS[region] ?? account) !== account) {
    throw new JobFailure(
      `ClientError: Cannot find repository: ${repository} in registry ID: ${account} in Region ${region}. Please check ` +
        `if your ECR repository exists and role ${role} has proper pull permissions for SageMaker: ` +
        'ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer',
    );
  }
  if (!tags.includes(tag)) {
    throw new JobFailure(
      `ClientError: Cannot find image: ${uri}. Of ${repository} the local cloud stands in for ${tags.join(', ')} only.`,
    );
  }
  return { repository: repository as Image['repository'], tag };
}
