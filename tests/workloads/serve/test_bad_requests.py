"""Every bad request has its status, its code and the field at fault."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from workloads.serve.protocol import ChatBody, CompletionBody, read_body

P: dict[str, Any] = {"prompt": "a"}
TURN = {"role": "user", "content": "hi"}
M: dict[str, Any] = {"messages": [TURN]}
C, H = "/v1/completions", "/v1/chat/completions"

BAD: list[tuple[str, str, Any, int, str, str | None]] = [
    ("no JSON", C, b"{", 400, "invalid_json", None),
    ("no UTF-8", C, b'{"prompt": "\xff"}', 400, "invalid_json", None),
    ("half a character", C, b'{"prompt": "\\ud800"}', 400, "invalid_json", None),
    ("nested without end", C, b'{"prompt": ' + b"[" * 4000, 400, "invalid_json", None),
    ("many wrong items", C, {"prompt": [["a"] * 700]}, 400, "invalid_value", "prompt"),
    ("empty body", C, b"", 400, "invalid_json", None),
    ("no object", C, [1], 400, "invalid_json", None),
    ("no prompt", C, {}, 400, "missing_required_parameter", "prompt"),
    ("prompt is null", C, {"prompt": None}, 400, "missing_required_parameter", "prompt"),
    ("prompt is a number", C, {"prompt": 5}, 400, "invalid_value", "prompt"),
    ("prompt is empty", C, {"prompt": ""}, 400, "invalid_value", "prompt"),
    ("no prompts", C, {"prompt": []}, 400, "invalid_value", "prompt"),
    ("token beyond the vocabulary", C, {"prompt": [1, 384]}, 400, "invalid_value", "prompt"),
    ("negative token", C, {"prompt": [-1]}, 400, "invalid_value", "prompt"),
    ("mixed prompts", C, {"prompt": ["a", [1]]}, 400, "invalid_value", "prompt"),
    ("prompt beyond the context", C, {"prompt": "word " * 400}, 413, "context_length_exceeded", "prompt"),
    ("answer beyond the context", C, {**P, "max_tokens": 256}, 413, "context_length_exceeded", "max_tokens"),
    ("max_tokens zero", C, {**P, "max_tokens": 0}, 400, "invalid_value", "max_tokens"),
    ("max_tokens as text", C, {**P, "max_tokens": "5"}, 400, "invalid_value", "max_tokens"),
    ("max_tokens a fraction", C, {**P, "max_tokens": 1.5}, 400, "invalid_value", "max_tokens"),
    ("misspelt field", C, {**P, "temprature": 1}, 400, "unknown_parameter", "temprature"),
    ("temperature negative", C, {**P, "temperature": -0.1}, 400, "invalid_value", "temperature"),
    ("temperature too high", C, {**P, "temperature": 2.1}, 400, "invalid_value", "temperature"),
    ("temperature not a number", C, b'{"prompt": "a", "temperature": NaN}', 400, "invalid_value", "temperature"),
    ("top_p zero", C, {**P, "top_p": 0}, 400, "invalid_value", "top_p"),
    ("top_p over one", C, {**P, "top_p": 1.1}, 400, "invalid_value", "top_p"),
    ("top_k negative", C, {**P, "top_k": -1}, 400, "invalid_value", "top_k"),
    ("n zero", C, {**P, "n": 0}, 400, "invalid_value", "n"),
    ("n too large", C, {**P, "n": 129}, 400, "invalid_value", "n"),
    ("five stops", C, {**P, "stop": list("abcde")}, 400, "invalid_value", "stop"),
    ("empty stop", C, {**P, "stop": ""}, 400, "invalid_value", "stop"),
    ("seed as text", C, {**P, "seed": "1"}, 400, "invalid_value", "seed"),
    ("seed too large", C, {**P, "seed": 2**63}, 400, "invalid_value", "seed"),
    ("too many logprobs", C, {**P, "logprobs": 6}, 400, "invalid_value", "logprobs"),
    ("penalty too large", C, {**P, "presence_penalty": 3}, 400, "invalid_value", "presence_penalty"),
    ("bias of no token", C, {**P, "logit_bias": {"x": 1}}, 400, "invalid_value", "logit_bias"),
    ("bias beyond the vocabulary", C, {**P, "logit_bias": {"384": 1}}, 400, "invalid_value", "logit_bias"),
    ("bias too large", C, {**P, "logit_bias": {"1": 101}}, 400, "invalid_value", "logit_bias"),
    ("repetition penalty", C, {**P, "repetition_penalty": 1.1}, 400, "invalid_value", "repetition_penalty"),
    ("a null beside a mistake", C, {**P, "n": None, "top_p": 2}, 400, "invalid_value", "top_p"),
    ("null in a list", C, {"prompt": [None]}, 400, "invalid_value", "prompt"),
    ("echo", C, {**P, "echo": True}, 400, "invalid_value", "echo"),
    ("more drawn than given", C, {**P, "n": 2, "best_of": 3}, 400, "invalid_value", "best_of"),
    ("kept answers", C, {**P, "store": True}, 400, "invalid_value", "store"),
    ("another tier", C, {**P, "service_tier": "flex"}, 400, "invalid_value", "service_tier"),
    ("suffix", C, {**P, "suffix": "x"}, 400, "invalid_value", "suffix"),
    ("stream as text", C, {**P, "stream": "yes"}, 400, "invalid_value", "stream"),
    ("usage without a stream", C, {**P, "stream_options": {}}, 400, "invalid_value", "stream_options"),
    ("another model", C, {**P, "model": "gpt-4"}, 404, "model_not_found", "model"),
    ("body too large", C, {"prompt": "x" * 5000}, 413, "body_too_large", None),
    ("no messages", H, {}, 400, "missing_required_parameter", "messages"),
    ("empty messages", H, {"messages": []}, 400, "invalid_value", "messages"),
    ("unknown role", H, {"messages": [{"role": "god", "content": ""}]}, 400, "invalid_value", "messages.0.role"),
    ("no content", H, {"messages": [{"role": "user"}]}, 400, "invalid_value", "messages.0.content"),
    ("refused by the template", H, {"messages": [{**TURN, "role": "developer"}]}, 400, "invalid_value", "messages"),
    ("top_logprobs alone", H, {**M, "top_logprobs": 1}, 400, "invalid_value", "top_logprobs"),
    ("too many top_logprobs", H, {**M, "logprobs": True, "top_logprobs": 21}, 400, "invalid_value", "top_logprobs"),
    ("answer as JSON", H, {**M, "response_format": {"type": "json"}}, 400, "invalid_value", "response_format.type"),
    ("spoken answer", H, {**M, "modalities": ["text", "audio"]}, 400, "invalid_value", "modalities.1"),
    ("tools", H, {**M, "tools": [{"type": "function"}]}, 400, "invalid_value", "tools"),
    ("a tool must be called", H, {**M, "tool_choice": "required"}, 400, "invalid_value", "tool_choice"),
    ("prompt in a chat", H, {**M, "prompt": "x"}, 400, "unknown_parameter", "prompt"),
    ("answer beyond the context in a chat", H, {**M, "max_tokens": 999}, 413, "context_length_exceeded", "max_tokens"),
    ("unknown route", "/v1/complete", P, 404, "unknown_route", None),
]  # fmt: skip


@pytest.mark.asyncio
async def test_each_bad_request_is_answered_in_openais_form(api: Any) -> None:
    """All rows of the table on one server: status, code and field; then a good request still works."""
    wrong: list[str] = []
    async with api(max_body_bytes=4096) as (client, parts):
        for name, path, body, status, code, param in BAD:
            content = body if isinstance(body, bytes) else json.dumps(body)
            reply = await client.post(path, content=content)
            error = reply.json()["error"]
            found = (reply.status_code, error["code"], error["param"])
            if (
                found != (status, code, param)
                or not error["message"]
                or set(error) != {"message", "type", "param", "code"}
            ):
                wrong.append(f"{name}: {found}, not {(status, code, param)}: {error['message']}")
        assert not wrong, "\n".join(wrong)
        assert (await client.post(C, json=P)).status_code == 200
        refused = parts.metrics.refused
        assert refused["400"] + refused["404"] + refused["413"] >= len(BAD) - 1


def test_what_changes_nothing_is_taken() -> None:
    """Clients that spell out what is so anyway are served; both bodies take what tells who asks."""
    shared = {"metadata": {"a": "b"}, "safety_identifier": "x", "prompt_cache_key": "y", "store": False}
    text = {"prompt": "a", "n": 2, "best_of": 2, "service_tier": "auto", **shared}
    assert read_body(CompletionBody, json.dumps(text).encode()).n == 2
    plain = {"response_format": {"type": "text"}, "modalities": ["text"], "tools": [], "tool_choice": "none"}
    chat = {"messages": [TURN], **plain, **shared}
    assert read_body(ChatBody, json.dumps(chat).encode()).messages[0].role == TURN["role"]


def test_a_null_is_a_choice_that_was_not_made() -> None:
    """Every field that may be left out may be null, in a turn that a client hands back too; a list holds no null."""
    for kind, least in ((CompletionBody, P), (ChatBody, M)):
        nulls = {name: None for name in kind.model_fields if name not in least}
        assert len(nulls) > 15
        assert read_body(kind, json.dumps(least | nulls).encode()) == read_body(
            kind, json.dumps(least).encode()
        )
    turn = {"role": "assistant", "content": "yes", "refusal": None, "tool_calls": None}
    body = read_body(ChatBody, json.dumps({"messages": [TURN, turn]}).encode())
    assert body.messages[1].plain() == {"role": "assistant", "content": "yes"}


def test_the_table_is_long_enough() -> None:
    """At least 25 different mistakes are covered, each with a name of its own."""
    assert len({row[0] for row in BAD}) == len(BAD) >= 25


@pytest.mark.asyncio
async def test_the_wrong_verb_is_405(api: Any) -> None:
    """A GET of a POST route is answered in the same form, and told what is allowed."""
    async with api() as (client, _):
        reply = await client.get(C)
    assert (reply.status_code, reply.json()["error"]["code"]) == (405, "method_not_allowed")
    assert reply.headers["allow"] == "POST"


@pytest.mark.asyncio
async def test_clients_know_a_text_that_is_too_long(api: Any) -> None:
    """The message has the words of OpenAI's by which LiteLLM falls back to a model with more context."""
    async with api() as (client, _):
        for body in ({**P, "max_tokens": 256}, {"prompt": "word " * 400}):
            error = (await client.post(C, json=body)).json()["error"]
            assert "this model's maximum context length is 256 tokens" in error["message"]


@pytest.mark.asyncio
async def test_a_body_without_a_length_is_limited_too(api: Any) -> None:
    """A chunked body is counted as it comes."""

    async def endless() -> Any:
        for _ in range(100):
            yield b" " * 1000
            await asyncio.sleep(0)

    async with api(max_body_bytes=4096) as (client, _):
        reply: httpx.Response = await client.post(C, content=endless())
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "body_too_large")
