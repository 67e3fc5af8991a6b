"""No page holds a script or a style of its own, and none lets anything through unescaped."""

import re
from pathlib import Path

import pytest

import bulksms.web

FOLDER = Path(bulksms.web.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
LONGEST_SCRIPT = 80
every_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)


@every_template
def test_nothing_is_marked_safe(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert re.search(r"\|\s*safe\b|autoescape|Markup", text) is None


@every_template
def test_no_script_style_or_address_is_inline_or_from_elsewhere(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert re.search(r"<style|\sstyle=|\son\w+=|javascript:", text) is None
    assert re.search(r"<script(?! src=\"/static/)", text) is None
    assert re.search(r"(?:src|href|action)=\"(?:https?:)?//", text) is None


@every_template
def test_every_form_that_posts_carries_the_token(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    forms = re.findall(r"<form\b(?:(?!</form>).)*</form>", text, re.DOTALL)
    posting = [form for form in forms if 'method="post"' in form]
    assert [form for form in posting if "form_token" not in form] == []
    assert len(re.findall('method="post"', text)) == len(posting)


def test_the_script_fits_on_a_page() -> None:
    script = (FOLDER / "static" / "page.js").read_text(encoding="utf-8")
    assert len(script.splitlines()) <= LONGEST_SCRIPT


def test_no_python_of_the_pages_marks_anything_safe() -> None:
    assert [path.name for path in FOLDER.glob("*.py") if "Markup" in path.read_text()] == []
