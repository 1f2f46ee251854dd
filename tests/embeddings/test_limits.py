"""Which texts are beyond a limit of tokens is told as counting all of them would tell it."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from embeddings import tokens
from embeddings.limits import token_limit
from embeddings.onnx import OnnxEncoder
from embeddings.prepared import PreparedModel
from embeddings.tokens import HEAD_TOKENIZER_NAME, TOKENIZER_NAME, Tokens

WIDE = "\ufdfa"  # which becomes 18 characters
ANY = st.text(st.one_of(st.characters(), st.sampled_from("㈱…①½ﷺ\u0344\u2017\x00\u3000～ ▁ãẛ̣\ud800<s>安全")))


@given(st.lists(ANY, max_size=4), st.integers(0, 40))
@example([WIDE], 20)
@example(["…" * 4], 14)
@example(["丄" * 12], 15)
def test_beyond_a_limit_is_what_counting_says(
    prepared: PreparedModel, serving: OnnxEncoder, texts: list[str], limit: int
) -> None:
    counted = serving.count_tokens(texts) > limit
    assert token_limit(prepared).exceed(texts, limit) == counted.tolist()


@given(st.integers(0, sys.maxunicode))
@example(0xFDFA)
def test_no_character_is_more_tokens_than_it_is_taken_for(prepared: PreparedModel, code: int) -> None:
    text = chr(code).encode("utf-8", "replace").decode("utf-8") * 30
    every = Tokens(prepared.folder, 512)
    count = int(every.count([text])[0])
    assert every.exceed([text], count - 1) == [True]
    assert every.exceed([text], count) == [False]


def test_texts_that_are_short_need_no_tokenizer(
    prepared: PreparedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[Path] = []
    monkeypatch.setattr(tokens, "_load", loaded.append)
    assert Tokens(prepared.folder, 512).exceed(["各单位要压实责任，" * 50, ""], 512) == [False, False]
    assert loaded == []


def test_a_tokenizer_of_bytes_is_asked(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = {letter: place for place, letter in enumerate(pre_tokenizers.ByteLevel.alphabet())}
    tokenizer = Tokenizer(models.BPE(letters, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.save(str(tmp_path / TOKENIZER_NAME))
    # Three bytes and so three tokens each.
    assert Tokens(tmp_path, 512).exceed(["安全", "生产无小事"], 6) == [False, True]


def test_a_limit_can_be_sent_to_another_process(prepared: PreparedModel) -> None:
    limit = pickle.loads(pickle.dumps(token_limit(prepared)))
    assert limit.max_tokens == 512
    # <s> ▁passage : 安全 </s> and a space in between: six.
    assert limit.exceed(["安全"], 5) == [True]
    assert limit.exceed(["安全"], 6) == [False]
    assert (prepared.folder / HEAD_TOKENIZER_NAME).is_file()
