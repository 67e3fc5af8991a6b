import pytest

from bulksms.model.stop_words import WORDS, is_opt_out


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", " stop. ", "Stop!", "“STOP”", "Opt  out", "stop\n"),
        *("ARRÊT", "Désabonner", "BAJA", "No más", "הסר", "\N{RIGHT-TO-LEFT MARK}עצור"),
        "\N{FULLWIDTH LATIN CAPITAL LETTER S}top",
    ],
)
def test_the_word_alone_is_an_opt_out_however_it_is_written(text: str) -> None:
    assert is_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "Stop by tomorrow",
        "STOP 12345",
        "don't stop",
        "stopp",
        "",
        "!",
        "the end",
        "alto ahí",
        "bus stop",
    ],
)
def test_a_sentence_with_the_word_in_it_is_none(text: str) -> None:
    assert not is_opt_out(text)


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_is_found_by_itself(word: str) -> None:
    assert is_opt_out(word)
    assert is_opt_out(word.upper())
