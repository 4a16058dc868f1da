"""Tokens become text piece by piece without loss, stop texts never show, and templates stay in their sandbox."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workloads.serve.errors import RefusedError
from workloads.serve.text import Transcript, Words


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
