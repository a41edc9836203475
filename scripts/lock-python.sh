#!/usr/bin/env sh
# Writes the Python lock files anew, with hashes, for every platform. Needs uv (pip install uv).
set -eu
cd "$(dirname "$0")/../local-cloud"
for name in requirements requirements-dev requirements-checkov; do
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header "$name.in" -o "$name.txt"
done
# Judges of proofs.
for name in sagemaker moto; do
  judge=../test/proof/judges/$name/requirements
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header "$judge.in" -o "$judge.txt"
done
# Of this one package the program alone is used.
judge=../test/proof/judges/aws-cli-2/requirements
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-deps "$judge.in" -o "$judge.txt"
# The build of lab deployment installs a part of the first.
cd .. && .venv/bin/python scripts/deployment/requirements.py
# So does the monitor's job of lab monitoring.
.venv/bin/python scripts/monitoring/requirements.py
