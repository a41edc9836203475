"""Starts the emulator with our plug-in, on loopback only."""

from __future__ import annotations

import os

from . import (
    admin,
    alarms,
    anomaly_detectors,
    applicationautoscaling,
    busy_names,
    cloudformation,
    cloudformation_cloudwatch,
    cloudformation_codebuild,
    cloudformation_codepipeline,
    cloudformation_endpoints,
    cloudformation_iam,
    cloudformation_lambda,
    cloudformation_properties,
    cloudformation_references,
    cloudformation_role,
    cloudformation_role_types,
    cloudformation_sagemaker,
    cloudformation_tokens,
    cloudwatch_requests,
    dashboards,
    event_delays,
    eventbridge_codepipeline,
    fault_injection,
    function_events,
    function_runtime,
    iam,
    iam_decisions,
    insights,
    judge,
    lacking,
    logs,
    metric_reads,
    metrics,
    our_services,
    recorder,
    s3_encryption,
    s3_events,
    sagemaker_runtime,
    saved_queries,
    scheduler_targets,
    services,
    settings,
    stack_deletion,
    tag_search,
)
from .emulator import app, replace


def main() -> None:
    """Installs everything, then serves until the process ends."""
    if os.environ.get("BIND_HOST") != "127.0.0.1":
        raise SystemExit("The local cloud binds to 127.0.0.1 only: set BIND_HOST=127.0.0.1.")
    current = settings.read()
    iam.install()
    iam_decisions.install()
    our_services.install()
    tag_search.install()
    applicationautoscaling.install()
    # Before the recorder, which tells of these requests too.
    lacking.install()
    fault_injection.install()
    recorder.install()
    services.install(current)
    sagemaker_runtime.install(current)
    cloudformation.install()
    cloudformation_references.install()
    cloudformation_sagemaker.install()
    cloudformation_endpoints.install()
    cloudformation_iam.install()
    cloudformation_lambda.install()
    cloudformation_codepipeline.install()
    eventbridge_codepipeline.install()
    cloudformation_codebuild.install()
    cloudformation_tokens.install()
    cloudformation_role.install()
    cloudformation_role_types.install()
    cloudformation_properties.install()
    busy_names.install()
    stack_deletion.install()
    s3_encryption.install()
    s3_events.install()
    event_delays.install()
    function_events.install()
    function_runtime.install(current)
    logs.install()
    insights.install()
    saved_queries.install()
    metrics.install()
    alarms.install()
    metric_reads.install()
    cloudwatch_requests.install()
    dashboards.install()
    anomaly_detectors.install()
    cloudformation_cloudwatch.install()
    scheduler_targets.install()
    # Around all that answers.
    judge.install()
    admin.install(current)
    # With TLS on, the emulator would also take port 443: one port of our choosing is enough.
    replace(app, "_port_is_bindable", lambda host, port: False)
    app.main()


if __name__ == "__main__":
    main()
