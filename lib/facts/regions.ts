/**
 * Regions that the labs know, with the accounts that own AWS's machine-learning images there.
 *
 * Collected November 2026 from sagemaker-python-sdk, `sagemaker-core/src/sagemaker/core/image_uri_config/`
 * (xgboost.json, sklearn.json, model-monitor.json). A lab that uses no image deploys to any Region.
 * @see https://github.com/aws/sagemaker-python-sdk
 */
export interface RegionFacts {
  /** Account of `sagemaker-xgboost` and `sagemaker-scikit-learn`. */
  readonly imageAccount: string;
  /** Account of `sagemaker-model-monitor-analyzer`. */
  readonly analyzerAccount: string;
}

export const REGIONS = {
  'us-east-1': { imageAccount: '683313688378', analyzerAccount: '156813124566' },
  'us-east-2': { imageAccount: '257758044811', analyzerAccount: '777275614652' },
  'us-west-2': { imageAccount: '246618743249', analyzerAccount: '159807026194' },
  'eu-west-1': { imageAccount: '141502667606', analyzerAccount: '468650794304' },
  'eu-central-1': { imageAccount: '492215442770', analyzerAccount: '048819808253' },
  'ap-south-1': { imageAccount: '720646828776', analyzerAccount: '126357580389' },
  'ap-southeast-1': { imageAccount: '121021644041', analyzerAccount: '245545462676' },
  'ap-northeast-1': { imageAccount: '354813040037', analyzerAccount: '574779866223' },
} as const satisfies Readonly<Record<string, RegionFacts>>;

export type KnownRegion = keyof typeof REGIONS;

export function isKnownRegion(region: string): region is KnownRegion {
  return Object.hasOwn(REGIONS, region);
}

/**
 * Regions that every account has without asking for them: those opened before 2019-03-20.
 * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
const ON_BY_DEFAULT: readonly string[] = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
];

export function isOnByDefault(region: string): boolean {
  return ON_BY_DEFAULT.includes(region);
}
