"""The routes around models that cost nothing or a known time."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from workloads.serve.app import build
from workloads.serve.batch import Constant
from workloads.serve.source import Folder, read_shape
from workloads.serve.spec import ServeSpec
from workloads.serve.start import start

pytestmark = pytest.mark.asyncio
C, H = "/v1/completions", "/v1/chat/completions"


def trained(folder: Path) -> Any:
    """Load the small model."""
    source = Folder(folder)
    return start(ServeSpec(cache_gib=0.01), source, read_shape(source))


def events(text: str) -> list[dict[str, Any]]:
    """Read a stream to its proper end."""
    lines = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    assert lines.pop() == "[DONE]"
    return [json.loads(line) for line in lines]


async def test_a_stream_says_what_the_whole_answer_says(api: Any, folder: Path) -> None:
    """Pieces put together are the text of the answer in one; usage comes last where asked for."""
    body = {"prompt": "def load(", "max_tokens": 30, "temperature": 0}
    async with api(trained(folder)) as (client, _):
        whole = (await client.post(C, json=body)).json()
        usage = {"include_usage": True}
        reply = await client.post(C, json={**body, "stream": True, "stream_options": usage})
    chunks = events(reply.text)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert "".join(one["choices"][0]["text"] for one in chunks[:-1]) == whole["choices"][0]["text"] != ""
    assert chunks[-2]["choices"][0]["finish_reason"] == "length"
    assert chunks[-1] == {**chunks[0], "choices": [], "usage": whole["usage"]}
    assert whole["usage"]["completion_tokens"] == 30
    assert whole["usage"]["total_tokens"] == whole["usage"]["prompt_tokens"] + 30


async def test_usage_in_every_chunk_grows_to_the_last(api: Any) -> None:
    """Clients that count as they read, such as vLLM's benchmark, find in each chunk what there is so far."""
    usage = {"include_usage": True, "continuous_usage_stats": True, "include_obfuscation": False}
    body = {"prompt": [5, 6], "max_tokens": 5, "stream": True, "stream_options": usage}
    async with api() as (client, _):
        told = [one["usage"] for one in events((await client.post(C, json=body)).text)]
        body["stream_options"] = {"continuous_usage_stats": True}
        silent = events((await client.post(C, json=body)).text)
    counts = [one["completion_tokens"] for one in told]
    assert counts == sorted(counts)
    assert counts[-2:] == [5, 5]
    assert {one["prompt_tokens"] for one in told} == {2}
    assert not any("usage" in one for one in silent)


async def test_a_chat_without_a_limit_takes_what_the_cache_holds(api: Any) -> None:
    """Clients that name no limit are served where the cache is smaller than the context, and many at once."""
    body = {"messages": [{"role": "user", "content": "hi"}]}
    async with api(Constant(50, blocks=10, block_size=16, context=4096)) as (client, _):
        reply = (await client.post(H, json=body)).json()
        assert reply["usage"]["total_tokens"] == 160
        assert reply["choices"][0]["finish_reason"] == "length"
    async with api(Constant(50, blocks=256, block_size=16, context=4096)) as (client, parts):
        replies = await asyncio.gather(*(client.post(H, json=body) for _ in range(12)))
        assert [one.status_code for one in replies] == [200] * 12
        await settled(parts)


async def test_a_model_may_have_a_slash_in_its_name(api: Any) -> None:
    """Names as Hugging Face gives them are found by their path too."""
    async with api(name="org/tiny") as (client, _):
        for path in ("org/tiny", "org%2Ftiny"):
            assert (await client.get(f"/v1/models/{path}")).json()["id"] == "org/tiny"
        assert (await client.get("/v1/models/org")).json()["error"]["code"] == "model_not_found"
        assert (await client.get("/v1/models/")).json() == (await client.get("/v1/models")).json()


async def test_the_server_answers_as_transformers_does(api: Any, folder: Path) -> None:
    """Text over HTTP is the reference's greedy text, end token and all."""
    import warnings

    import torch
    from transformers import AutoTokenizer, LlamaForCausalLM

    prompt = "    if not "
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # transformers' own
        model, tokenizer = (
            LlamaForCausalLM.from_pretrained(folder).eval(),
            AutoTokenizer.from_pretrained(folder),
        )
        ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            found = model.generate(ids, max_new_tokens=50, do_sample=False, pad_token_id=0)[0]
    expected = tokenizer.decode(found[ids.shape[1] :], skip_special_tokens=True)
    async with api(trained(folder)) as (client, _):
        reply = await client.post(C, json={"prompt": prompt, "max_tokens": 50, "temperature": 0})
    assert reply.json()["choices"][0]["text"] == expected


async def test_a_chat_streams_roles_then_content(api: Any, folder: Path) -> None:
    """Chunks of a chat begin with the role, and their contents are the message of the answer in one."""
    body = {
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
        "max_tokens": 20,
        "seed": 4,
    }
    async with api(trained(folder)) as (client, _):
        whole = (await client.post(H, json=body)).json()
        chunks = events((await client.post(H, json={**body, "stream": True})).text)
    assert whole["object"] == "chat.completion"
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    content = "".join(one["choices"][0]["delta"].get("content", "") for one in chunks)
    assert content == whole["choices"][0]["message"]["content"] != ""


async def test_n_answers_to_several_prompts(api: Any, folder: Path) -> None:
    """Two prompts with three answers each make six choices in order, drawn differently, seeded as a whole."""
    body = {"prompt": ["def ", "class "], "n": 3, "max_tokens": 12, "seed": 9, "temperature": 1.2}
    async with api(trained(folder)) as (client, _):
        first = (await client.post(C, json=body)).json()
        again = (await client.post(C, json=body)).json()
        chunks = events((await client.post(C, json={**body, "stream": True})).text)
    texts = [one["text"] for one in first["choices"]]
    assert [one["index"] for one in first["choices"]] == list(range(6))
    assert len(set(texts)) > 3
    assert texts == [one["text"] for one in again["choices"]]
    streamed = ["" for _ in texts]
    for chunk in chunks:
        for choice in chunk["choices"]:
            streamed[choice["index"]] += choice["text"]
    assert streamed == texts


async def test_logprobs_name_each_token(api: Any, folder: Path) -> None:
    """Tokens put together are the text; each token is among its own alternatives when greedy."""
    body = {"prompt": "import ", "max_tokens": 8, "temperature": 0, "logprobs": 2}
    async with api(trained(folder)) as (client, _):
        choice = (await client.post(C, json=body)).json()["choices"][0]
        chat = {
            "messages": [{"role": "user", "content": "x"}],
            "max_tokens": 3,
            "logprobs": True,
            "top_logprobs": 4,
        }
        spoken = (await client.post(H, json=chat)).json()["choices"][0]["logprobs"]["content"]
    logs = choice["logprobs"]
    assert "".join(logs["tokens"]) == choice["text"]
    assert all(
        token in top and len(top) <= 2
        for token, top in zip(logs["tokens"], logs["top_logprobs"], strict=True)
    )
    assert logs["text_offset"][2] == len("".join(logs["tokens"][:2]))
    assert [len(one["top_logprobs"]) for one in spoken] == [4, 4, 4]


async def test_a_stop_text_ends_the_answer_and_the_work(api: Any, words: Any) -> None:
    """The answer ends before its stop text, and its blocks are free again."""
    piece = words.piece(50)
    async with api() as (client, parts):
        reply = await client.post(C, json={"prompt": "a", "max_tokens": 200, "stop": piece * 3})
        assert reply.json()["choices"][0] == {
            "index": 0,
            "text": "",
            "logprobs": None,
            "finish_reason": "stop",
        }
        await settled(parts)


async def until(true: Callable[[], bool]) -> None:
    """Wait for a condition, at most ten seconds."""
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited for ten seconds")


async def settled(parts: Any) -> None:
    """Wait until the engine holds nothing."""
    await until(lambda: not parts.engine.tickets and not parts.engine.scheduler.busy)
    assert parts.engine.scheduler.pool.available == parts.engine.model.blocks


async def test_a_full_queue_is_429_with_retry_after(api: Any, paced: Any) -> None:
    """Past running and waiting places a request is told to come again; then there is room again."""
    async with api(paced(0.05, context=256), max_running=1, max_queue=1) as (client, parts):
        body = {"prompt": "a", "max_tokens": 5}
        replies = await asyncio.gather(*(client.post(C, json=body) for _ in range(5)))
        assert sorted(one.status_code for one in replies) == [200, 200, 429, 429, 429]
        refused = next(one for one in replies if one.status_code == 429)
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["error"]["code"] == "queue_full"
        assert (await client.post(C, json=body)).status_code == 200
        await settled(parts)


async def test_a_promised_cache_is_429(api: Any, paced: Any) -> None:
    """When admitted answers want four times the cache's blocks, the next is refused; one that never fits is 413."""
    async with api(paced(0.01, blocks=4, block_size=16, context=256)) as (client, _):
        body = {"prompt": [5] * 40, "max_tokens": 20}
        replies = await asyncio.gather(*(client.post(C, json=body) for _ in range(6)))
        codes = {one.json()["error"]["code"] for one in replies if one.status_code != 200}
        assert sorted(one.status_code for one in replies) == [200] * 4 + [429] * 2
        assert codes == {"kv_cache_full"}
        never = await client.post(C, json={**body, "max_tokens": 60})
        assert (never.status_code, never.json()["error"]["code"]) == (413, "context_length_exceeded")


async def test_a_draining_server_refuses_and_finishes(api: Any, paced: Any) -> None:
    """What runs ends well, what is new is 503, and health says so."""
    async with api(paced(0.02, context=256)) as (client, parts):
        running = asyncio.ensure_future(client.post(C, json={"prompt": "a", "max_tokens": 20}))
        await until(lambda: bool(parts.engine.tickets))
        parts.drain.begin()
        refused = await client.post(C, json={"prompt": "a"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "draining")
        assert refused.headers["connection"] == "close"
        assert (await client.get("/healthz")).json() == {"status": "draining", "open": 1}
        assert await parts.drain.wait(10)
        assert (await running).json()["choices"][0]["finish_reason"] == "length"


async def test_a_request_over_its_time_is_504(api: Any, paced: Any) -> None:
    """A whole answer is refused when its time is over; a stream ends with the error and without DONE."""
    async with api(paced(0.2, context=256), request_seconds=1.0) as (client, parts):
        body = {"prompt": "a", "max_tokens": 100}
        reply, stream = await asyncio.gather(
            client.post(C, json=body), client.post(C, json={**body, "stream": True})
        )
        assert (reply.status_code, reply.json()["error"]["code"]) == (504, "timeout")
        assert stream.status_code == 200
        assert '"code":"timeout"' in stream.text
        assert "[DONE]" not in stream.text
        await settled(parts)


async def test_a_failing_model_fails_requests_and_health(api: Any, paced: Any) -> None:
    """An exception in the model is 500 for what runs and 503 for the probe, and its text stays in the log."""

    class Broken(paced):  # type: ignore[misc]  # the class comes from a fixture
        def run(self, slices: Any) -> Any:
            raise RuntimeError("secret detail")

    async with api(Broken(0.0, context=256)) as (client, _):
        reply = await client.post(C, json={"prompt": "a"})
        assert (reply.status_code, reply.json()["error"]["code"]) == (500, "internal_error")
        assert "secret" not in reply.text
        assert (await client.get("/health")).status_code == 503
        assert (await client.post(C, json={"prompt": "a"})).status_code == 500


async def test_keys_guard_the_routes_but_not_the_probes(api: Any) -> None:
    """Without a right key every /v1 route is 401; probes and metrics need none."""
    async with api(keys=frozenset({"right", "other"})) as (client, _):
        for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic right"}):
            reply = await client.post(C, json={"prompt": "a"}, headers=header)
            assert (reply.status_code, reply.json()["error"]["code"]) == (401, "invalid_api_key")
            assert reply.headers["www-authenticate"] == "Bearer"
        assert (await client.get("/v1/models")).status_code == 401
        good = await client.post(C, json={"prompt": "a"}, headers={"Authorization": "Bearer right"})
        assert good.status_code == 200
        assert [(await client.get(path)).status_code for path in ("/health", "/metrics")] == [200, 200]


async def test_request_ids_come_back(api: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A caller's id is echoed and logged; one that could forge a log line is replaced."""
    caplog.set_level("INFO", "causeway.serve")
    async with api() as (client, _):
        reply = await client.post(C, json={"prompt": "a"}, headers={"X-Request-Id": "abc-1"})
        forged = await client.post(C, json={"prompt": "a"}, headers={"X-Request-Id": "a b"})
    assert reply.headers["x-request-id"] == "abc-1"
    assert reply.json()["id"] == "cmpl-abc-1"
    assert reply.headers["x-causeway-tier"] == "cpu"
    assert "id=abc-1" in caplog.text
    assert forged.headers["x-request-id"] not in {"", "a b"}


async def test_each_stream_has_its_own_head(api: Any) -> None:
    """The second stream of a server carries its own id once, and nothing of the first."""
    async with api() as (client, _):
        body = {"prompt": "a", "max_tokens": 2, "stream": True}
        for name in ("one", "two"):
            reply = await client.post(C, json=body, headers={"X-Request-Id": name})
            assert reply.headers.get_list("x-request-id") == [name]
            assert reply.headers.get_list("x-causeway-tier") == ["cpu"]


async def test_models_and_metrics(api: Any) -> None:
    """The models route names the one model; the metrics page has vLLM's names, or ours, and adds up."""
    async with api(name="tiny") as (client, _):
        assert (await client.get("/v1/models")).json()["data"][0]["id"] == "tiny"
        assert (await client.get("/v1/models/tiny")).json()["max_model_len"] == 256
        assert (await client.get("/v1/models/other")).status_code == 404
        for _ in range(3):
            await client.post(C, json={"prompt": [5, 6], "max_tokens": 4})
        await client.post(C, json={"prompt": "a", "max_tokens": -1})
        page = (await client.get("/metrics")).text
    for line in (
        'causeway_requests_refused_total{model_name="tiny",status="400"} 1.0',
        'vllm:num_requests_running{model_name="tiny"} 0.0',
        'vllm:num_requests_waiting{model_name="tiny"} 0.0',
        'vllm:kv_cache_usage_perc{model_name="tiny"} 0.0',
        'vllm:prompt_tokens_total{model_name="tiny"} 6.0',
        'vllm:generation_tokens_total{model_name="tiny"} 12.0',
        'vllm:request_success_total{finished_reason="length",model_name="tiny"} 3.0',
        'vllm:time_to_first_token_seconds_count{model_name="tiny"} 3.0',
        'vllm:inter_token_latency_seconds_count{model_name="tiny"} 9.0',
        'vllm:e2e_request_latency_seconds_bucket{le="+Inf",model_name="tiny"} 3.0',
        'vllm:request_queue_time_seconds_count{model_name="tiny"} 3.0',
        'vllm:prefix_cache_queries_total{model_name="tiny"} 6.0',
    ):
        assert line in page.splitlines(), line


async def test_a_client_that_leaves_frees_its_room(api: Any, paced: Any) -> None:
    """When a stream's reader goes away the model stops working for it."""
    async with api(paced(0.02, context=256)) as (client, parts):
        body = {"prompt": "a", "max_tokens": 200, "stream": True}
        task = asyncio.ensure_future(client.post(C, json=body))
        await until(lambda: bool(parts.engine.scheduler.running))
        task.cancel()
        with pytest.raises((asyncio.CancelledError, httpx.HTTPError)):
            await task
        await settled(parts)
        assert parts.metrics.ended["abort"] == 1


@pytest.mark.parametrize("stream", [True, False])
async def test_a_closed_connection_ends_the_work(api: Any, paced: Any, stream: bool) -> None:
    """When the web server tells that the client is gone, the model stops, for a stream and for a whole answer."""
    async with api(paced(0.02, context=256)) as (_, parts):
        content = json.dumps({"prompt": "a", "max_tokens": 200, "stream": stream}).encode()
        messages = [{"type": "http.request", "body": content, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop()
            await until(lambda: bool(parts.engine.scheduler.running))
            return {"type": "http.disconnect"}

        async def send(_: Any) -> None:
            """Lose what is sent."""

        scope = {
            "type": "http",
            "method": "POST",
            "path": C,
            "root_path": "",
            "query_string": b"",
            "headers": [],
        }
        await build(parts)(scope, receive, send)
        await settled(parts)
        assert parts.metrics.ended["abort"] == parts.metrics.refused["499"] == 1
