from pathlib import Path

import pytest
from conftest import FakeS3
from staging import S3Location, Staging, is_s3


@pytest.fixture
def staging(s3: FakeS3, tmp_path: Path) -> Staging:
    for key in ("raw/flights/batch=1/a.csv", "raw/flights/batch=2/b.csv", "raw/flights2/c.csv", "raw/x.csv"):
        s3.put(f"data/{key}", key)
    return Staging(tmp_path, lambda: s3)


def found(staging: Staging, uri: str) -> list[str]:
    return [stored.key for stored in staging.resolve(S3Location.parse(uri))]


@pytest.mark.parametrize(
    ("uri", "keys"),
    [
        ("s3://data/raw/flights/", ["raw/flights/batch=1/a.csv", "raw/flights/batch=2/b.csv"]),
        ("s3a://data/raw/flights", ["raw/flights/batch=1/a.csv", "raw/flights/batch=2/b.csv"]),
        ("s3://data/raw/x.csv", ["raw/x.csv"]),
        ("s3://data/raw/none/", []),
        ("s3://data/raw/fl", []),
    ],
)
def test_a_path_means_what_it_means_to_spark(staging: Staging, uri: str, keys: list[str]) -> None:
    assert found(staging, uri) == keys


def test_copies_keep_the_keys_and_each_version_is_fetched_once(staging: Staging, s3: FakeS3) -> None:
    location = S3Location.parse("s3://data/raw/flights/")
    first, second = staging.new_read(), staging.new_read()
    assert staging.download(first, location) == 2
    s3.put("data/raw/flights/batch=1/a.csv", "changed")
    assert staging.download(second, location) == 2
    assert (first / "s3/data/raw/flights/batch=1/a.csv").read_text() == "raw/flights/batch=1/a.csv"
    assert (second / "s3/data/raw/flights/batch=1/a.csv").read_text() == "changed"
    assert [key for call, key in s3.calls if call == "get"].count("data/raw/flights/batch=2/b.csv") == 1


@pytest.mark.parametrize("key", ["../out.csv", "a/../../out.csv", "a//b.csv", "./a.csv"])
def test_a_key_cannot_lead_out_of_the_scratch_folder(staging: Staging, s3: FakeS3, key: str) -> None:
    s3.objects = {f"evil/{key}": b"x"}
    with pytest.raises(ValueError, match="cannot be a file path"):
        staging.download(staging.new_read(), S3Location.parse("s3://evil"))


def test_what_s3_refuses_is_raised(staging: Staging, s3: FakeS3) -> None:
    s3.denied.add("get")
    with pytest.raises(PermissionError, match="AccessDenied"):
        staging.download(staging.new_read(), S3Location.parse("s3://data/raw/"))
    s3.denied = {"delete"}
    with pytest.raises(PermissionError, match=r"s3://data/raw/x\.csv: AccessDenied"):
        staging.delete("data", ["raw/x.csv"])
    s3.denied = {"put"}
    folder = staging.new_write()
    folder.mkdir()
    (folder / "part-0").write_text("x")
    with pytest.raises(OSError, match=r"^s3://data/out/part-0: An error occurred \(AccessDenied\)$"):
        staging.upload(folder, S3Location.parse("s3://data/out"))


def test_success_is_uploaded_last_and_hidden_files_not_at_all(staging: Staging, s3: FakeS3) -> None:
    folder = staging.new_write()
    folder.mkdir()
    for name in ("_SUCCESS", "part-0.parquet", ".part-0.parquet.crc"):
        (folder / name).write_text(name)
    assert staging.upload(folder, S3Location.parse("s3://data/out")) == ["out/_SUCCESS", "out/part-0.parquet"]
    assert [key for call, key in s3.calls if call == "put"] == ["data/out/part-0.parquet", "data/out/_SUCCESS"]


def test_messages_name_the_object_and_not_its_copy(staging: Staging) -> None:
    copy = staging.local(staging.new_read(), S3Location.parse("s3a://data/raw/x.csv"))
    assert staging.restore_uris(f"cannot read file://{copy}: bad") == "cannot read s3a://data/raw/x.csv: bad"
    assert staging.restore_uris(f"cannot read {copy}") == "cannot read s3a://data/raw/x.csv"


@pytest.mark.parametrize(("path", "yes"), [("s3://b/k", True), ("s3a://b", True), ("/tmp/s3", False), (None, False)])
def test_only_paths_of_s3_are_taken_for_such(path: object, yes: bool) -> None:
    assert is_s3(path) is yes
