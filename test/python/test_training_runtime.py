"""The code of the lab training that runs inside AWS, on slices of the real flights."""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ROOT / "labs/training/runtime"
SHARED = ROOT / "lib/flights/runtime"
sys.path[:0] = [str(RUNTIME), str(SHARED)]

import csvdata  # noqa: E402
import inference  # noqa: E402
import measures  # noqa: E402
import run  # noqa: E402
import train  # noqa: E402

FEATURES = [feature["name"] for feature in json.loads((ROOT / "data/plan.json").read_text())["features"]]
HEADROOM = 0.02


def real_rows(name: str, every: int) -> list[str]:
    text = gzip.decompress((ROOT / f"data/prepared/{name}.csv.gz").read_bytes()).decode()
    return text.splitlines()[::every]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code as a job gets it, and every tenth flight."""
    folder = tmp_path_factory.mktemp("training")
    code = folder / "code"
    code.mkdir()
    for file in [*RUNTIME.glob("*.py"), *SHARED.glob("*.py")]:
        (code / file.name).write_bytes(file.read_bytes())
    (code / "features.json").write_text(json.dumps(FEATURES))
    for name in ("train", "validation", "test"):
        write(folder / name, real_rows(name, 10))
    for month in ("2013-07", "2013-09"):
        write(folder / "months" / month, real_rows(f"months/{month}", 10))
    return folder


def write(folder: Path, lines: list[str]) -> None:
    """In two files without an ending, as Athena leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    half = len(lines) // 2
    (folder / "part_0").write_text("".join(f"{line}\n" for line in lines[:half]))
    (folder / "part_1").write_text("".join(f"{line}\n" for line in lines[half:]))


def script(place: Path, name: str, *arguments: Any, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(place / "code" / name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "", **environment})


@pytest.fixture(scope="module")
def trained(place: Path) -> tuple[Path, str]:
    model = place / "models" / "baseline" / "unpacked"
    done = script(
        place, "train.py", "--num_round", 30, SM_CHANNEL_TRAIN=str(place / "train"),
        SM_CHANNEL_VALIDATION=str(place / "validation"), SM_MODEL_DIR=str(model),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    run.pack(model, place / "models" / "baseline" / "model.tar.gz")
    return model, done.stdout


def test_every_round_prints_its_metrics_and_the_last_line_is_the_saved_models(
    place: Path, trained: tuple[Path, str]
) -> None:
    model, printed = trained
    lines = [found for found in map(run.METRICS.match, printed.splitlines()) if found]
    booster = inference.model_fn(str(model))
    assert [int(found[1]) for found in lines[:-1]] == list(range(len(lines) - 1))
    rows = csvdata.read_rows(place / "validation", FEATURES, "validation")
    scores = booster.predict(inference.xgb.DMatrix(rows.features, feature_names=FEATURES))
    assert measures.auc(rows.labels, scores) == pytest.approx(float(lines[-1][3]), abs=2e-5)
    assert float(lines[-1][3]) == max(float(found[3]) for found in lines)
    assert booster.num_boosted_rounds() == int(lines[-1][1]) + 1


def test_on_all_flights_trees_beat_a_logistic_regression(tmp_path: Path) -> None:
    slices = {}
    for name in ("train", "validation", "test"):
        write(tmp_path / name, real_rows(name, 1))
        slices[name] = csvdata.read_rows(tmp_path / name, FEATURES, name)
    paths = ["--train", "-", "--validation", "-", "--model-dir", "-"]
    booster = train.fit(slices["train"], slices["validation"], FEATURES, train.parse([*paths, "--num_round", "40"]))
    held = slices["test"]
    trees = measures.auc(held.labels, booster.predict(train.xgb.DMatrix(held.features, feature_names=FEATURES)))
    line = measures.fit_logistic(slices["train"].features, slices["train"].labels).predict(held.features)
    assert trees > measures.auc(held.labels, line) + HEADROOM


def test_shuffled_labels_cannot_be_learnt(place: Path, tmp_path: Path) -> None:
    lots = random.Random(1)
    for name in ("train", "validation"):
        lines = real_rows(name, 10)
        labels = [line[0] for line in lines]
        lots.shuffle(labels)
        write(tmp_path / name, [label + line[1:] for label, line in zip(labels, lines, strict=True)])
    done = script(
        place, "train.py", "--train", tmp_path / "train", "--validation", tmp_path / "validation",
        "--model-dir", tmp_path / "model", "--num_round", 30,
    )  # fmt: skip
    assert done.returncode == 0
    last = [found for found in map(run.METRICS.match, done.stdout.splitlines()) if found][-1]
    assert float(last[3]) < 0.56


GOOD = "0,329,0.99,0.13,510,1416,39.9,24.9,54.8,250,14.9,,0,1011.4,10,15,149,2" + ",0" * 19
BAD = {
    "text where a number belongs": (GOOD.replace("1416", "far"), r"part_1.*line 2, column 'distance': 'far'"),
    "Athena's NULL": (GOOD.replace(",,", ",\\N,"), r"column 'wind_gust'.*empty field"),
    "a column too few": (GOOD[:-2], "36 columns, expected 37"),
    "a column too many": (GOOD + ",0", "38 columns, expected 37"),
    "a label that is none": ("7" + GOOD[1:], "'7' is no label"),
    "infinity": (GOOD.replace("1011.4", "inf"), "column 'pressure'"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_named_with_file_line_and_column(place: Path, tmp_path: Path, case: str) -> None:
    bad, said = BAD[case]
    write(tmp_path / "train", ["1" + GOOD[1:], GOOD, GOOD, bad])
    done = script(place, "train.py", "--train", tmp_path / "train", "--validation", tmp_path, "--model-dir", tmp_path)
    assert done.returncode == 1
    assert re.search(said, done.stderr), done.stderr


def test_an_empty_channel_and_a_single_class_are_told(place: Path, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(csvdata.DataError, match="The channel train has no rows"):
        csvdata.read_rows(tmp_path / "none", FEATURES, "train")
    write(tmp_path / "one", [GOOD, GOOD])
    with pytest.raises(csvdata.DataError, match="All 2 labels of the channel train are 0"):
        csvdata.require_both_classes(csvdata.read_rows(tmp_path / "one", FEATURES, "train"), "train")
    write(tmp_path / "header", [",".join(["late", *FEATURES]), GOOD])
    with pytest.raises(csvdata.DataError, match="a header"):
        csvdata.read_rows(tmp_path / "header", FEATURES, "train")


def test_a_lost_column_is_named(tmp_path: Path) -> None:
    write(tmp_path / "train", [GOOD, "1" + GOOD[1:]])
    rows = csvdata.read_rows(tmp_path / "train", FEATURES, "train")
    with pytest.raises(csvdata.DataError, match="'wind_gust'"):
        csvdata.require_values(rows, FEATURES, "train")


def test_requests_are_answered_or_told_what_is_wrong(
    trained: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Outside the container there is no flask, whatever other tests left in its place.
    monkeypatch.setitem(sys.modules, "flask", None)
    model = inference.model_fn(str(trained[0]))
    flight = GOOD.partition(",")[2]

    def answer(body: str, accept: str = "text/csv") -> str:
        text, kind = inference.transform_fn(model, body, "text/csv", accept)
        assert kind == accept
        return str(text)

    plain = answer(flight)
    assert 0 < float(plain) < 1
    assert answer(",".join(FEATURES) + "\n" + flight) == plain
    assert json.loads(answer(flight, "application/json"))["predictions"][0]["score"] == float(plain)
    with pytest.raises(ValueError, match="Flight 2 has 35 columns; the model needs 36"):
        answer(f"{flight}\n{flight[:-2]}")
    with pytest.raises(ValueError, match=r"missing: distance.*not known: 'miles'"):
        answer(",".join("miles" if name == "distance" else name for name in FEATURES) + "\n" + flight)
    with pytest.raises(ValueError, match="Flight 1, column distance: 'far'"):
        answer(flight.replace("1416", "far"))
    with pytest.raises(ValueError, match="empty"):
        answer("\n")
    with pytest.raises(ValueError, match="application/json"):
        inference.transform_fn(model, "{}", "application/json", "text/csv")
    with pytest.raises(ValueError, match="no UTF-8"):
        inference.transform_fn(model, b"\xff\xfe1", "text/csv", "text/csv")
    with pytest.raises(ValueError, match="An answer as 'image/png'"):
        answer(flight, "image/png")


def test_the_evaluation_says_how_models_fare_by_month(place: Path, trained: tuple[Path, str]) -> None:
    out = place / "out"
    paths = [word for name in ("models", "train", "test", "months") for word in (f"--{name}", place / name)]
    done = script(place, "evaluate.py", *paths, "--output", out)
    assert done.returncode == 0, done.stderr
    result = json.loads((out / "evaluation.json").read_text())
    baseline = result["models"]["baseline"]
    held = csvdata.read_rows(place / "test", FEATURES, "test")
    booster = inference.model_fn(str(trained[0]))
    scores = booster.predict(inference.xgb.DMatrix(held.features, feature_names=FEATURES))
    assert baseline["auc"] == pytest.approx(brute_auc(held.labels, scores), abs=1e-4)
    assert baseline["rows"] == len(held)
    assert baseline["byMonth"]["2013-09"]["auc"] < baseline["auc"] - 0.03
    assert sum(one["share"] for one in baseline["importance"]) == pytest.approx(1, abs=1e-4)
    assert set(result["models"]) == {"baseline", "logistic"}
    page = (out / "report.html").read_text()
    assert page.count("<svg") == 4 and "http" not in page and "2013-07" in page
    shown = json.loads((out / "quality/baseline.json").read_text())["binary_classification_metrics"]
    assert shown["auc"]["value"] == baseline["auc"]


def brute_auc(labels: Any, scores: Any) -> float:
    """Every late flight against every other."""
    late, other = scores[labels == 1], scores[labels == 0]
    return float(np.mean((late[:, None] > other) + 0.5 * (late[:, None] == other)))


def test_an_evaluation_without_a_readable_model_says_so(place: Path, tmp_path: Path) -> None:
    broken = tmp_path / "models" / "mine"
    broken.mkdir(parents=True)
    (broken / "model.tar.gz").write_bytes(b"no archive")
    paths = [word for name in ("train", "test", "months") for word in (f"--{name}", place / name)]
    done = script(place, "evaluate.py", "--models", tmp_path / "models", *paths, "--output", tmp_path / "out")
    assert done.returncode == 1
    assert "The model mine cannot be read" in done.stderr
    assert not (tmp_path / "out").exists()


SPACE = {
    "eta": {"type": "continuous", "min": 0.1, "max": 0.4, "scale": "logarithmic"},
    "max_depth": {"type": "integer", "min": 2, "max": 4},
}


def test_a_random_search_stays_within_its_space_and_keeps_the_best(place: Path, tmp_path: Path) -> None:
    (tmp_path / "space.json").write_text(json.dumps(SPACE))
    done = script(
        place, "run.py", "tune", "--space", tmp_path / "space.json", "--trials", 3, "--train", place / "train",
        "--validation", place / "validation", "--output", tmp_path / "out", "--", "--num_round", 8,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    trials = json.loads((tmp_path / "out/trials.json").read_text())["trials"]
    best = json.loads((tmp_path / "out/metrics.json").read_text())
    assert len(trials) == 3
    assert len({trial["hyperparameters"]["eta"] for trial in trials}) == 3
    assert all(0.1 <= float(trial["hyperparameters"]["eta"]) <= 0.4 for trial in trials)
    assert all(2 <= int(trial["hyperparameters"]["max_depth"]) <= 4 for trial in trials)
    assert best["metrics"]["validation:auc"] == max(trial["metrics"]["validation:auc"] for trial in trials)
    with tarfile.open(tmp_path / "out/model.tar.gz") as tar:
        assert {"model.json", "code", "code/inference.py"} == set(tar.getnames())


def test_a_failed_training_leaves_its_words_for_the_job(place: Path, tmp_path: Path) -> None:
    write(tmp_path / "train", [GOOD.replace("1416", "far"), GOOD])
    done = script(
        place, "run.py", "train", "--train", tmp_path / "train", "--validation", place / "validation",
        "--output", tmp_path / "out", SM_PREFIX=str(tmp_path / "root"),
    )  # fmt: skip
    assert done.returncode == 1
    assert "column 'distance': 'far'" in (tmp_path / "root/opt/ml/output/message").read_text()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"eta": {"type": "continuous", "min": 0.4, "max": 0.1}}, "min 0.4 is not below max 0.1"),
        ({"eta": {"type": "continuous", "min": 0, "max": 1, "scale": "logarithmic"}}, "starts above 0"),
        ({"eta": {"type": "word", "min": 0, "max": 1}}, "not a hyperparameter"),
        ({}, "empty"),
    ],
)
def test_a_space_that_cannot_be_searched_is_refused(space: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        run.check_space(space)
