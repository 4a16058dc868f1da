"""Tokens become text piece by piece without loss, stop texts never show, and templates stay in their sandbox."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models

from workloads.serve.errors import RefusedError
from workloads.serve.source import Folder
from workloads.serve.text import Transcript, Words, read_words


def read(words: Words, text: str, stops: list[str]) -> tuple[str, bool]:
    """Feed a text token by token and put the pieces together."""
    transcript, shown = Transcript(words, stops), ""
    for token in words.encode(text):
        shown += transcript.add(token)
        if transcript.stopped:
            return shown, True
    return shown + transcript.end(), transcript.stopped


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_pieces_are_the_whole(words: Words, text: str) -> None:
    """The pieces of any text, characters of many bytes too, put together are the text."""
    assert read(words, text, []) == (text, False)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text("abc ", max_size=30),
    stops=st.lists(st.text("abc ", min_size=1, max_size=4), min_size=1, max_size=3),
)
def test_a_stop_text_ends_before_itself(words: Words, text: str, stops: list[str]) -> None:
    """Nothing of a stop text is ever shown, wherever its tokens begin and end."""
    found = [text.find(stop) for stop in stops if stop in text]
    shown, stopped = read(words, text, stops)
    assert stopped == bool(found)
    if found:
        assert not any(stop in shown for stop in stops)
        assert text.startswith(shown)
    else:
        assert shown == text


@pytest.fixture(scope="module")
def sentences() -> Words:
    """A tokenizer of the SentencePiece kind: spaces begin words, characters without a token are bytes."""
    names = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁", "a", "▁The", "▁cat", "s"]
    vocabulary = {name: number for number, name in enumerate(names)}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>", byte_fallback=True))
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    return Words(tokenizer, frozenset(), None, {})


def ids(words: Words, *names: str) -> list[int]:
    """Find tokens by their names."""
    found = [words.tokenizer.token_to_id(name) for name in names]
    return [one for one in found if one is not None]


def test_the_first_word_of_an_answer_keeps_its_space(sentences: Words) -> None:
    """Text that goes on from a prompt begins with the space of its first word; one that stands alone does not."""
    the, cat, plural = ids(sentences, "▁The", "▁cat", "s")
    after, alone = Transcript(sentences, [], [the]), Transcript(sentences, [])
    assert [after.add(cat), after.add(plural), after.add(cat)] == [" cat", "s", " cat"]
    assert [alone.add(cat), alone.add(plural), alone.add(cat)] == ["cat", "s", " cat"]


def test_a_prompt_cut_inside_a_character_costs_no_text(words: Words) -> None:
    """What comes after half a character is shown as it is without a prompt."""
    first, second = words.encode("é")
    rest = words.encode("x y")
    transcript = Transcript(words, [], [first])
    shown = "".join(transcript.add(token) for token in [second, *rest]) + transcript.end()
    assert shown == "\ufffdx y"


def test_pieces_have_their_spaces_and_bytes(words: Words, sentences: Words) -> None:
    """Pieces of words put together are the text; a token that is a part of a character tells its own bytes."""
    the, cat, plural = ids(sentences, "▁The", "▁cat", "s")
    assert "".join(map(sentences.piece, [the, cat, plural])) == " The cats"
    assert [sentences.raw(1 + byte) for byte in "é".encode()] == [b"\xc3", b"\xa9"]
    for text in ("é 日本", "😀 a b", "\ufffd"):
        assert b"".join(map(words.raw, words.encode(text))) == text.encode()


def test_a_tokenizer_file_neither_cuts_nor_fills_prompts(words: Words, tmp_path: Path) -> None:
    """Truncation and padding that a file keeps from its training are not applied, as transformers does not."""
    tokenizer = Tokenizer.from_str(words.tokenizer.to_str())
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=64)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "config.json").write_text("{}")
    text = "a long line of text"
    assert read_words(Folder(tmp_path)).encode(text) == words.encode(text)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match=r"tokenizer\.json: no tokenizer"):
        read_words(Folder(tmp_path))


def test_a_template_finds_what_transformers_gives_it(words: Words) -> None:
    """No tools and no documents are null, not unknown; loops may be left."""
    template = (
        "{% for m in messages %}{% if loop.index > 1 %}{% break %}{% endif %}{{ m.content }}{% endfor %}"
        "{% if tools is not none or documents is not none %}tools{% endif %}"
    )
    asked = Words(words.tokenizer, words.ends, template, {})
    assert asked.chat([{"role": "user", "content": "hi"}, {"role": "user", "content": "ho"}]) == "hi"


def test_bytes_that_never_became_a_character_are_shown(words: Words) -> None:
    """An answer cut inside a character ends with the replacement character."""
    tokens = words.encode("é")
    assert len(tokens) == 2
    transcript = Transcript(words, [])
    assert transcript.add(tokens[0]) == ""
    assert transcript.end() == "\ufffd"


def test_the_template_runs_in_a_sandbox(words: Words) -> None:
    """A template that reaches for Python's insides is refused, not run."""
    hostile = Words(words.tokenizer, words.ends, "{{ messages.__class__.__mro__[1].__subclasses__() }}", {})
    with pytest.raises(RefusedError, match="chat template refuses"):
        hostile.chat([{"role": "user", "content": "hi"}])


def test_a_chat_is_rendered_by_the_folders_template(words: Words) -> None:
    """Special tokens, roles and the generation prompt come from the template."""
    text = words.chat([{"role": "user", "content": "hi"}])
    assert text == "<|bos|>user: hi\nassistant:"
