"""Trains, tunes, processes, registers, deploys and asks with the SageMaker Python SDK 3, as its own examples do.

Arguments: a bucket, and a folder for files. Of the local cloud it knows nothing but the environment. Writes what
AWS's side said into said.json of the folder, by part.
"""

import json
import sys
from pathlib import Path

from sagemaker.core import image_uris
from sagemaker.core.helper import iam_role_resolver
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.parameter import IntegerParameter
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.resources import Endpoint, EndpointConfig, Model, ModelPackage, ModelPackageGroup, TrainingJob
from sagemaker.core.shapes import (
    ContainerDefinition,
    ProcessingOutput,
    ProcessingS3Output,
    ProductionVariant,
)
from sagemaker.core.training.configs import Compute, InputData, SourceCode
from sagemaker.core.utils.exceptions import FailedStatusError
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train.model_trainer import ModelTrainer
from sagemaker.train.tuner import HyperparameterTuner

BUCKET, FOLDER = sys.argv[1], Path(sys.argv[2])
SOURCE = str(Path(__file__).parent / "source")
# A new account may have no other for endpoints.
SERVES = "ml.t2.medium"

# Of its own it would ask the real STS for the account.
session = Session(default_bucket=BUCKET)
boto = session.boto_session
image = image_uris.retrieve("xgboost", region=session.boto_region_name, version="3.2-0")
roles = iam_role_resolver.IamRoleResolver(session)
# Seconds that a new role takes on AWS.
iam_role_resolver._IAM_PROPAGATION_DELAY_SECONDS = 0


told = {}


def tell(part, **said):
    """Keeps one part's result."""
    told[part] = said
    (FOLDER / "said.json").write_text(json.dumps(told))


def trainer_of(script, name):
    """A trainer in script mode."""
    return ModelTrainer(
        training_image=image,
        source_code=SourceCode(source_dir=SOURCE, entry_script=script),
        compute=Compute(instance_type="ml.m5.large", instance_count=1),
        hyperparameters={"max_depth": 3, "rounds": 5},
        base_job_name=name,
        role=training_role,
        sagemaker_session=session,
    )


training_role = roles.create_execution_role("training", s3_resource=BUCKET)
serving_role = roles.create_execution_role("serving", s3_resource=BUCKET)

rows = [f"{int(x + y > 10)},{x},{y}" for x in range(10) for y in range(10)]
(FOLDER / "train").mkdir()
(FOLDER / "train" / "train.csv").write_text("\n".join(rows))
channels = [InputData(channel_name="train", data_source=str(FOLDER / "train"))]

trainer = trainer_of("train.py", "good")
trainer.train(input_data_config=channels)
job = TrainingJob.get(trainer._latest_training_job.training_job_name, session=boto)
artifact = job.model_artifacts.s3_model_artifacts
tell("train", status=job.training_job_status, artifact=artifact)

try:
    trainer_of("fails.py", "bad").train(input_data_config=channels, logs=False)
except FailedStatusError as problem:
    tell("failure", said=str(problem))

tuner = HyperparameterTuner(
    model_trainer=trainer_of("train.py", "tuned"),
    objective_metric_name="train:auc",
    hyperparameter_ranges={"max_depth": IntegerParameter(1, 4)},
    max_jobs=2,
    max_parallel_jobs=2,
)
# Of a folder on this machine, tune makes no object.
uploaded = job.input_data_config[0].data_source.s3_data_source.s3_uri
tuner.tune(inputs=[InputData(channel_name="train", data_source=uploaded)])
tell("tune", best=tuner.best_training_job())

processor = ScriptProcessor(
    role=training_role,
    image_uri=image_uris.retrieve("sklearn", region=session.boto_region_name, version="1.9-0"),
    command=["python3"],
    instance_count=1,
    instance_type="ml.m5.large",
    sagemaker_session=session,
)
processor.run(
    code=str(Path(SOURCE) / "count.py"),
    outputs=[
        ProcessingOutput(
            output_name="count",
            s3_output=ProcessingS3Output(
                s3_uri=f"s3://{BUCKET}/count", local_path="/opt/ml/processing/output", s3_upload_mode="EndOfJob"
            ),
        )
    ],
)
processor.latest_job.refresh()
tell("process", status=processor.latest_job.processing_job_status)

builder = ModelBuilder(
    s3_model_data_url=artifact,
    image_uri=image,
    source_code=SourceCode(source_dir=SOURCE, entry_script="inference.py"),
    role_arn=serving_role,
    sagemaker_session=session,
    instance_type=SERVES,
    model_path=str(FOLDER / "model"),
)
built = builder.build(model_name="built")
endpoint = builder.deploy(endpoint_name="built", wait=False)
endpoint.wait_for_status("InService", poll=1)
answer = endpoint.invoke(body="9,9\n0,0", content_type="text/csv", accept="text/csv")
tell("deploy", answer=answer.body.read().decode())

group = ModelPackageGroup.create(model_package_group_name="versions", session=boto)
arn = builder.register(
    model_package_group_name="versions",
    content_types=["text/csv"],
    response_types=["text/csv"],
    inference_instances=[SERVES],
    approval_status="PendingManualApproval",
)
package = ModelPackage.get(arn, session=boto)
package.update(model_approval_status="Approved", customer_metadata_properties={"by": "sdk"})
found = list(ModelPackage.get_all(model_package_group_name="versions", model_approval_status="Approved", session=boto))
tell("register", arn=arn, approved=[one.model_package_arn for one in found])

served = Model.create(
    model_name="registered",
    containers=[ContainerDefinition(model_package_name=arn)],
    execution_role_arn=serving_role,
    session=boto,
)
variant = ProductionVariant(
    variant_name="AllTraffic", model_name="registered", initial_instance_count=1, instance_type=SERVES
)
config = EndpointConfig.create(endpoint_config_name="registered", production_variants=[variant], session=boto)
second = Endpoint.create(endpoint_name="registered", endpoint_config_name="registered", session=boto)
second.wait_for_status("InService", poll=1)
answer = second.invoke(body="9,9", content_type="text/csv", accept="text/csv")
tell("serve", answer=answer.body.read().decode())

for one in (endpoint, second):
    one.delete()
    one.wait_for_delete(poll=1)
for one in (EndpointConfig.get("built", session=boto), config, built, served):
    one.delete()
# A version in a group has no name on AWS, by which the resource would delete it: sagemaker-python-sdk#5606.
session.sagemaker_client.delete_model_package(ModelPackageName=arn)
group.delete()
for role_type in ("training", "serving"):
    roles.delete_execution_role(role_type)
left = [*Endpoint.get_all(session=boto), *EndpointConfig.get_all(session=boto), *Model.get_all(session=boto)]
tell("delete", left=[one.get_name() for one in (*left, *ModelPackageGroup.get_all(session=boto))])
