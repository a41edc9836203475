/** Every failure that we know, in a learner's words: what failed with its value, why, and the next command. */
import type { Exit } from '../course/errors';
import type { Options } from './options';

export interface Message {
  readonly what: string;
  readonly why: string;
  readonly next: string;
  readonly exit: Exit;
}

/** Where it happened. */
export interface Situation {
  /** The command as given, without its options: `up data-prep`. */
  readonly command: string;
  /** Options that make a printed command mean the same place. */
  readonly suffix: string;
  readonly options: Pick<Options, 'target' | 'profile' | 'region'>;
}

/** What can be seen of an error, its causes included. */
export interface Seen {
  readonly names: readonly string[];
  readonly message: string;
  /** First resource that failed, for a deployment. */
  readonly reason?: string;
  readonly type?: string;
  /** The request that failed, where its recorder knows: `S3 HeadObject`. */
  readonly request?: string;
}

export interface Entry {
  readonly on: (seen: Seen) => boolean;
  readonly tell: (seen: Seen, at: Situation) => Omit<Message, 'exit'> & { readonly exit?: Exit };
}

const named =
  (...names: string[]) =>
  (seen: Seen): boolean =>
    seen.names.some((name) => names.includes(name));
const says =
  (pattern: RegExp) =>
  (seen: Seen): boolean =>
    pattern.test(seen.message);

export const again = (at: Situation): string => `./lab ${at.command}${at.suffix}`;
const profileFlag = (at: Situation): string => (at.options.profile ? ` --profile ${at.options.profile}` : '');
const whose = (at: Situation): string => (at.options.profile ? `The profile ${at.options.profile}` : 'Your shell');
const where = (at: Situation): string => at.options.region ?? 'this Region';

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** First match wins: the special before the general. */
export const CATALOGUE: readonly Entry[] = [
  {
    // Some new accounts are not let into Glue at first: https://github.com/awslabs/aws-well-architected-labs/issues/697
    on: (seen) => /Account \d{12} is denied access/.test(`${seen.reason ?? ''} ${seen.message}`),
    tell: (seen, at) => ({
      what: 'AWS does not let this account use AWS Glue yet.',
      why: `${sentence(seen.reason ?? firstLine(seen.message))} No policy of yours refuses it: some new accounts are held back at first.`,
      next: `Open a case with AWS support (“Account and billing” is free) and quote that line; then ${again(at)}. Until then: --target local`,
    }),
  },
  {
    // https://docs.aws.amazon.com/lake-formation/latest/dg/change-settings.html
    on: (seen) => /Insufficient Lake Formation permission/i.test(`${seen.reason ?? ''} ${seen.message}`),
    tell: (seen, at) => ({
      what: 'Lake Formation keeps this account’s Data Catalog, and does not let IAM alone decide.',
      why: seen.reason ?? firstLine(seen.message),
      next: `Lake Formation console, Administration, Data Catalog settings: choose “Use only IAM access control” for new databases and new tables; then ./lab down data-prep, and up again${at.suffix}`,
    }),
  },
  {
    on: (seen) =>
      named('SubscriptionRequiredException')(seen) ||
      /needs a subscription for the service/i.test(`${seen.reason ?? ''} ${seen.message}`),
    tell: (seen, at) => ({
      what: 'This account may not use a service that the lab needs.',
      why: `${sentence(seen.reason ?? firstLine(seen.message))} The free plan blocks some services, and a new account can need some hours.`,
      next: `Upgrade the account's plan in the Billing console, then ${again(at)}. Until then: --target local`,
    }),
  },
  {
    // A queue's name for a minute, a bucket's for up to an hour.
    on: (seen) =>
      /after deleting a queue|conflicting (conditional )?operation is currently in progress/i.test(seen.reason ?? ''),
    tell: (seen, at) => ({
      what: 'AWS still holds a name of what was removed a moment ago, so CloudFormation took the deployment back.',
      why: seen.reason ?? '',
      next: `Wait a minute, then ${again(at)}`,
    }),
  },
  {
    on: (seen) => seen.reason !== undefined || seen.type === 'deployment',
    tell: (seen, at) => ({
      what: 'The deployment failed, and CloudFormation took it back.',
      why: seen.reason ?? firstLine(seen.message),
      next: `${again(at)} once that is mended, or ./lab down${at.command.replace(/^\S+/, '')}${at.suffix} to remove what remains`,
    }),
  },
  {
    on: (seen) =>
      named('ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'SSOTokenProviderFailure')(seen) ||
      says(/(SSO session|security token).*expired|token (has|is) expired/i)(seen),
    tell: (_seen, at) => ({
      what: `The credentials of ${at.options.profile ? `the profile ${at.options.profile}` : 'this shell'} have expired.`,
      why: 'Temporary credentials live for some hours.',
      next: `aws sso login${profileFlag(at)}, then ${again(at)}`,
    }),
  },
  {
    on: (seen) =>
      named('OptInRequired', 'RegionDisabledException')(seen) ||
      says(/region.*(is )?(not enabled|disabled)|is not (enabled|opted in)/i)(seen),
    tell: (seen, at) => ({
      what: `The Region ${where(at)} is not enabled in this account.`,
      why: firstLine(seen.message),
      next: `aws account enable-region --region-name ${where(at)}${profileFlag(at)}, or choose another: ${again(at)} --region us-east-1`,
    }),
  },
  {
    on: named(
      'UnrecognizedClientException',
      'UnrecognizedClient',
      'InvalidClientTokenId',
      'InvalidAccessKeyId',
      'AuthFailure',
    ),
    tell: (_seen, at) => ({
      what: `AWS does not know these credentials in ${where(at)}.`,
      why: 'The access key is deleted or mistyped; or the Region is one that accounts must enable first, and this one has not.',
      next: `aws sts get-caller-identity${profileFlag(at)} --region us-east-1 (if that works, enable the Region or choose another with --region)`,
    }),
  },
  {
    on: named('SignatureDoesNotMatch'),
    tell: (_seen, at) => ({
      what: 'AWS refused the signature of the request.',
      why: 'The secret access key does not belong to the access key, or the clock of this machine is wrong.',
      next: `aws sts get-caller-identity${profileFlag(at)}`,
    }),
  },
  {
    on: named('RequestTimeTooSkewed', 'RequestExpired'),
    tell: (_seen, at) => ({
      what: 'AWS refused the time of the request.',
      why: 'The clock of this machine is off by minutes.',
      next: `Set the clock, then ${again(at)}`,
    }),
  },
  {
    on: says(/multi-factor authentication, but no MFA code/i),
    tell: (_seen, at) => ({
      what: `${whose(at)} asks for the code of a multi-factor device, which these commands cannot take.`,
      why: 'A command asks AWS many things, some of them minutes later: it needs credentials that last. Version 2 of the AWS CLI gives them.',
      next: `eval "$(aws configure export-credentials${profileFlag(at)} --format env)"; unset AWS_PROFILE; then ${again(at).replace(/ --profile \S+/, '')}`,
    }),
  },
  {
    on: (seen) =>
      named('CredentialsProviderError', 'NoCredentials', 'AuthenticationError')(seen) ||
      seen.type === 'authentication' ||
      says(/could not load credentials|need to perform AWS calls.*no credentials/i)(seen),
    tell: (seen, at) => ({
      what: 'No AWS credentials were found.',
      why:
        at.options.profile && /profile/i.test(seen.message)
          ? firstLine(seen.message)
          : `${whose(at)} has none, or they cannot be read: ${firstLine(seen.message)}`,
      next: `aws configure sso (or set AWS_PROFILE), then ${again(at)}; without an account: --target local`,
    }),
  },
  {
    on: (seen) =>
      seen.type === 'bootstrap' ||
      named('BootstrapError')(seen) ||
      says(
        /\/cdk-bootstrap\/\w+\/version.*(not found|has the environment been bootstrapped)|has the environment been bootstrapped/i,
      )(seen),
    tell: (_seen, at) => ({
      what: `The CDK is not set up in ${where(at)} of this account, or its set-up is too old.`,
      why: 'Deployments go through the roles and the bucket of the CDKToolkit stack (free but for stored assets).',
      next: `./lab up${at.command.startsWith('up ') ? at.command.slice(2) : ' data-prep'}${at.suffix} (sets it up), or npx cdk bootstrap`,
    }),
  },
  {
    on: (seen) =>
      named(
        'AccessDenied',
        'AccessDeniedException',
        'UnauthorizedOperation',
        'AuthorizationError',
        'Forbidden',
        '403',
      )(seen) || says(/is not authorized to perform/)(seen),
    tell: (seen, at) => {
      const refused = /(?:User|Principal): (\S+) is not authorized to perform: (\S+)(?: on resource: (\S+))?/.exec(
        seen.message,
      );
      const by = /because (.+?)(?:\.|$)/.exec(seen.message)?.[1];
      return {
        what: refused
          ? `${refused[1]} may not ${refused[2]}${refused[3] ? ` on ${refused[3]}` : ''}.`
          : `AWS refused ${seen.request ?? 'the request'}: ${firstLine(seen.message)}`,
        why: by ? `IAM says: ${by}.` : 'No policy of this principal allows it, or another policy forbids it.',
        next: `Allow ${refused?.[2] ?? seen.request ?? 'the action'} for that principal, then ${again(at)}`,
      };
    },
  },
  {
    on: (seen) =>
      named(
        'ThrottlingException',
        'Throttling',
        'TooManyRequestsException',
        'RequestLimitExceeded',
        'SlowDown',
      )(seen) || says(/rate exceeded/i)(seen),
    tell: (_seen, at) => ({
      what: 'AWS answers too slowly for our questions (throttled).',
      why: 'Other work in this account uses the same request limits.',
      next: `Wait a minute, then ${again(at)}`,
    }),
  },
  {
    on: named(
      'LimitExceededException',
      'ServiceQuotaExceededException',
      'ResourceLimitExceeded',
      'ResourceNumberLimitExceededException',
    ),
    tell: (seen, at) => ({
      what: `A quota of this account is used up: ${firstLine(seen.message)}`,
      why: 'Fresh accounts start with small quotas.',
      next: `Ask for more in the Service Quotas console, then ${again(at)}`,
    }),
  },
  {
    on: named('EADDRINUSE'),
    tell: (seen, at) => ({
      what: `A port of this machine is busy: ${firstLine(seen.message)}`,
      why: 'Another program listens there.',
      next: `End it, or let the system choose: unset LAB_LOCAL_PORT; then ${again(at)}`,
    }),
  },
  {
    on: named('ECONNREFUSED'),
    tell: (seen, at) =>
      at.options.target === 'local'
        ? {
            what: 'The local cloud does not answer.',
            why: firstLine(seen.message),
            next: `./lab down --all --target local, then ./lab up data-prep${at.suffix}`,
          }
        : {
            what: 'AWS does not answer.',
            why: firstLine(seen.message),
            next: `Check the network and HTTPS_PROXY, then ${again(at)}`,
          },
  },
  {
    on: (seen) => named('ENOTFOUND', 'EAI_AGAIN', 'UnknownEndpoint')(seen),
    tell: (seen, at) => ({
      what: `The address ${/(?:ENOTFOUND|EAI_AGAIN) (\S+)/.exec(seen.message)?.[1] ?? 'of AWS'} is not known.`,
      why: 'There is no network, or there is no such Region or no such service in it.',
      next: `Check the network and --region, then ${again(at)}`,
    }),
  },
  {
    on: named('ETIMEDOUT', 'ECONNRESET', 'ENETUNREACH', 'EHOSTUNREACH', 'EPIPE', 'TimeoutError', 'NetworkingError'),
    tell: (seen, at) => ({
      what: 'The connection broke.',
      why: firstLine(seen.message),
      next: `Check the network, then ${again(at)}`,
    }),
  },
  {
    on: (seen) =>
      named(
        'SELF_SIGNED_CERT_IN_CHAIN',
        'DEPTH_ZERO_SELF_SIGNED_CERT',
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      )(seen),
    tell: (seen, at) => ({
      what: 'The certificate of the other side is not trusted.',
      why: firstLine(seen.message),
      next: `Name your proxy's authority: export NODE_EXTRA_CA_CERTS=/path/to/ca.pem; then ${again(at)}`,
    }),
  },
  {
    on: named('ENOSPC'),
    tell: (seen, at) => ({
      what: 'The disk is full.',
      why: firstLine(seen.message),
      next: `Free some space (the first run needs about 2 GB), then ${again(at)}`,
    }),
  },
  {
    on: named('EACCES', 'EPERM', 'EROFS'),
    tell: (seen, at) => ({
      what: `A file cannot be written or read: ${firstLine(seen.message)}`,
      why: 'This user may not.',
      next: `Change the owner or the mode of that file, then ${again(at)}`,
    }),
  },
  {
    on: (seen) => says(/is in \w+_IN_PROGRESS state|(?:stack|Stack).* in (?:an? )?\S*_IN_PROGRESS/)(seen),
    tell: (seen, at) => ({
      what: 'The stack is being changed already.',
      why: firstLine(seen.message),
      next: `./lab status --wait${at.suffix}, then ${again(at)}`,
    }),
  },
];

/** The first line that says something, not too long. */
export function firstLine(text: string): string {
  return (text.split('\n').find((line) => line.trim() !== '') ?? '').trim().slice(0, 400);
}
