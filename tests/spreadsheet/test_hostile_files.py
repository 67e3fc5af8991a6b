"""A file that attacks the reader gets one sentence, in bounded time and memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.spreadsheet.hostile_files import MAKERS, workbook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it needs Linux's limits")

MOST_BYTES = 1 << 30
"""Address space of the reading process; an idle one takes a quarter of a gigabyte."""
MOST_SECONDS = 10

BOMB = "unpacks to far more than a workbook of contacts would hold"
DAMAGED = "cannot be opened: it is damaged, or it is not a spreadsheet."
TOO_LARGE = "more than 32,000,000 cells"
NO_LINES = "has a line without end"

REFUSED = {
    "zip_bomb": BOMB,
    "lying_zip_bomb": BOMB,
    "billion_laughs": DAMAGED,
    "billion_laughs_in_strings": DAMAGED,
    "billion_laughs_in_ods": DAMAGED,
    "far_corner": TOO_LARGE,
    "beyond_the_corner": DAMAGED,
    "hidden_prefixes": TOO_LARGE,
    "last_row_wide": TOO_LARGE,
    "repeated_ods": TOO_LARGE,
    "repeated_errors_in_ods": DAMAGED,
    "texts_claimed": DAMAGED,
    "rows_claimed": DAMAGED,
    "endless_text": BOMB,
    "one_long_line": NO_LINES,
    "one_long_line_of_text": NO_LINES,
    "one_long_line_of_utf16": NO_LINES,
    "too_many_columns": "has more than 16,384 columns.",
    "wide_and_long": "has more than 10,000,000 rows or 200,000,000 cells",
    "damaged_deflate": DAMAGED,
    "fifo": "is a pipe, not a file.",
    "device": "is a link to a device, not a file.",
    "dangling_link": "is a link to gone.csv, which is not there.",
    "link_to_a_folder": "is a link to a folder, not a file.",
}

READER = """
import json, resource, sys, time
from pathlib import Path
from bulksms.model.errors import InputError
from bulksms.spreadsheet.reading import read_table
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
for name in sys.argv[2:]:
    started, said = time.perf_counter(), None
    try:
        sum(map(len, read_table(Path(name)).chunks()))
    except InputError as error:
        said = error.sentence
    print(json.dumps([Path(name).stem, said, time.perf_counter() - started]), flush=True)
"""
"""Reads the files in a process of its own: an allocation that fails in calamine ends it."""

Answers = dict[str, tuple[str | None, float]]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    folder = tmp_path_factory.mktemp("hostile")
    for name, make in MAKERS.items():
        make(folder / f"{name}.xlsx")
    files = [str(folder / f"{name}.xlsx") for name in MAKERS]
    done = subprocess.run(
        [sys.executable, "-c", READER, str(MOST_BYTES), *files],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    read = map(json.loads, done.stdout.splitlines())
    return {name: (said, seconds) for name, said, seconds in read}


@pytest.mark.parametrize("name", MAKERS)
def test_a_hostile_file_gets_one_sentence_in_bounded_time_and_memory(
    answers: Answers, name: str
) -> None:
    said, seconds = answers[name]
    assert seconds < MOST_SECONDS
    if name in REFUSED:
        assert said is not None
        assert REFUSED[name] in said
        assert f"{name}.xlsx" in said
    else:
        assert said is None


def test_a_link_to_a_file_is_the_file(tmp_path: Path) -> None:
    workbook(tmp_path / "real.xlsx")
    link = tmp_path / "link.xlsx"
    link.symlink_to("real.xlsx")
    done = subprocess.run(
        [sys.executable, "-c", READER, str(MOST_BYTES), os.fspath(link)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout)[1] is None
