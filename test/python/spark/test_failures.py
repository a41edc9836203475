from __future__ import annotations

import failures
import pytest


class Java(Exception):
    """An exception in the JVM, as py4j shows it."""

    def __init__(self, message: str | None, cause: Java | None = None, name: str = "SparkException") -> None:
        self._message, self._cause, self._name = message, cause, name

    def getMessage(self) -> str | None:
        return self._message

    def getCause(self) -> Java | None:
        return self._cause

    def getClass(self) -> Java:
        return self

    def getSimpleName(self) -> str:
        return self._name


class Py4JJavaError(Exception):
    def __init__(self, java: Java) -> None:
        super().__init__("An error occurred while calling o1.csv.\n: trace")
        self.java_exception = java


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("x.csv is empty"), "ValueError: x.csv is empty"),
        (KeyError("a"), "KeyError: 'a'"),
        (AssertionError(), "AssertionError"),
        (ValueError("first\n\nJVM stacktrace:\nmuch"), "ValueError: first"),
    ],
)
def test_class_and_message(error: Exception, told: str) -> None:
    assert failures.describe(error) == told


def test_of_a_java_error_the_file_and_the_value_are_told() -> None:
    number = Java('For input string: "soon"', name="NumberFormatException")
    file = Java("[FAILED_READ_FILE.NO_HINT] Encountered error while reading file x.csv.\nmore", number)
    told = failures.describe(Py4JJavaError(Java("Job aborted due to stage failure: [X] all of it", file)))
    assert told == (
        "Py4JJavaError: An error occurred while calling o1.csv. SparkException: [FAILED_READ_FILE.NO_HINT] Encountered "
        'error while reading file x.csv. Caused by: NumberFormatException: For input string: "soon"'
    )


def test_of_other_java_errors_the_outermost_and_the_innermost() -> None:
    inner = Java("error=2", name="IOException")
    outer = Java('Cannot run program "chmod"', Java(None, inner), name="IOException")
    told = failures.describe(Py4JJavaError(outer))
    assert told.endswith('IOException: Cannot run program "chmod" Caused by: IOException: error=2')


def test_a_very_long_message_is_cut() -> None:
    assert len(failures.describe(ValueError("x" * 9000))) < 2100


def test_a_path_of_s3_in_an_unsupported_place_says_what_is_supported() -> None:
    assert "through spark.read and DataFrame.write only" in failures.describe(
        ValueError('No FileSystem for scheme "s3"')
    )
