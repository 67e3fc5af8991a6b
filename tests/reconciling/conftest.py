"""A stage for every test that asks; the vendor's traits are the test's to choose."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bulksms.sandbox.ledger import Quirks
from tests.reconciling.reconciling_stage import Stage


@pytest.fixture
def build(database: Path) -> Iterator[Callable[..., Stage]]:
    """Build the stage with the traits of the record that a test wants."""
    built: list[Stage] = []

    def make(**quirks: Any) -> Stage:  # noqa: ANN401 - fields of the quirks
        built.append(Stage(database, Quirks(**quirks)))
        return built[-1]

    yield make
    for stage in built:
        stage.store.close()


@pytest.fixture
def stage(build: Callable[..., Stage]) -> Stage:
    """The stage with a record in UTC that shows everything at once."""
    return build()
