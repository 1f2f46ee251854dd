"""The two forms of the encoder are two, and both find what is plain to see."""

from __future__ import annotations

import numpy as np

from benchmarks.served import both_forms, ranks_by
from training.dense import QuestionSet

ASKED = QuestionSet(
    name="own",
    passages=("渡船离岸前逐人核对救生衣。", "灯会超过三千人立即限流。", "锅炉房每周检验一次安全阀。"),
    sentences=(),
    owners=(),
    questions=("灯会人太多怎么办", "锅炉安全阀多久检验一次", "坐渡船要穿救生衣吗"),
    right=((1,), (2,), (0,)),
)


def test_float_and_int8_agree_without_being_the_same() -> None:
    forms = both_forms("none")
    assert list(forms) == ["float", "int8"]
    assert {name: ranks_by(encoder, ASKED) for name, encoder in forms.items()} == {
        "float": [1, 1, 1],
        "int8": [1, 1, 1],
    }
    in_float, in_int8 = (encoder.encode_passages(ASKED.passages) for encoder in forms.values())
    nearness = (in_float * in_int8).sum(axis=1)
    assert nearness.min() > 0.98
    assert not np.array_equal(in_float, in_int8)
