"""What a person says of documents that were read wrong: a file in the archive, which rebuilds respect."""

from retrieval.corrections.applying import corrected
from retrieval.corrections.matching import Corrections
from retrieval.corrections.sidecar import SIDECAR, Correction, read_sidecar

__all__ = ["SIDECAR", "Correction", "Corrections", "corrected", "read_sidecar"]
