/** All guides with their steps done by the AWS CLI 2 as AWS builds it, with the commands that `--explain` prints. */
import { lab as dataPrep } from '../../labs/data-prep/lab';
import { lab as deployment } from '../../labs/deployment/lab';
import { lab as monitoring } from '../../labs/monitoring/lab';
import { lab as training } from '../../labs/training/lab';
import { awsCli2 } from '../proof/judges/aws-cli-2';
import { playGuide } from './play';

for (const lab of [dataPrep, training, deployment, monitoring])
  playGuide(lab, { explain: true, aws: { name: 'AWS CLI 2', get: awsCli2 } });
