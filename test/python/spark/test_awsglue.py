import pytest
from awsglue.utils import GlueArgumentError, getResolvedOptions

ARGV = ["job.py", "--JOB_NAME", "t", "--RAW", "s3://b/raw/", "--TempDir", "s3://b/tmp/", "--day=1", "--other", "x"]


def test_gives_the_named_arguments_and_glues_own() -> None:
    options = getResolvedOptions(ARGV, ["JOB_NAME", "RAW", "day"])
    assert (options["JOB_NAME"], options["RAW"], options["day"]) == ("t", "s3://b/raw/", "1")
    assert options["TempDir"] == "s3://b/tmp/"
    assert options["job_bookmark_option"] == "job-bookmark-disable"
    assert "other" not in options


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(GlueArgumentError, match="required: --PLAN"):
        getResolvedOptions(ARGV, ["JOB_NAME", "PLAN"])


def test_hyphens_become_underscores() -> None:
    assert getResolvedOptions(["j", "--my-arg", "1"], ["my-arg"])["my_arg"] == "1"


def test_bookmark_arguments_cannot_be_asked_for() -> None:
    with pytest.raises(RuntimeError, match="reserved arguments"):
        getResolvedOptions(ARGV, ["job-bookmark-from"])
