"""Whatever bytes a file holds, it is read or it gets our own sentence; `make fuzz` tries longer."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spreadsheet.fuzzing import trial


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@given(seed=st.integers(min_value=0, max_value=1 << 62))
@settings(max_examples=75)
def test_only_our_own_sentence_comes_out(folder: Path, seed: int) -> None:
    assert trial(seed, folder)
