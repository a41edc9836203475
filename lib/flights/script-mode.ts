/**
 * Where the container of a version installs its program at start, and finds it. Left alone it runs `pip install .` into
 * the image's own packages, which belong to root, and a serverless container may run without root's file permissions.
 * Both kinds may write below /tmp.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-troubleshooting.html
 * @see https://github.com/aws/sagemaker-containers `_modules.py`, import_module
 */
export const INSTALLS_BELOW_TMP = {
  PIP_TARGET: '/tmp/inference',
  PYTHONPATH: '/opt/ml/model/code:/tmp/inference',
} as const;
