"""Evaluates a DQDL ruleset on a table, in DuckDB, with the figures and messages of AWS Glue Data Quality.

AWS publishes its own executor of DQDL (https://github.com/awslabs/deequ, package dqdl); where the documentation
(https://docs.aws.amazon.com/glue/latest/dg/dqdl-rule-types.html) leaves a detail open, that executor is the reference.
"""
