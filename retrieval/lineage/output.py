"""The JSON contract of ``trace --json``. An unknown value is null, never an empty string."""

from __future__ import annotations

from retrieval.lineage.types import Count, Group, Lineage, Occurrence, Variant, Words
from retrieval.lineage.variants import marked
from retrieval.search.output import Json, document_json


def lineage_json(lineage: Lineage) -> Json:
    """The object of ``anjiang trace FORMULATION --json``.

    ``occurrences`` is the one list of places; everything else names them by their number ``n`` in it.
    """
    numbers = {id(one): number for number, one in enumerate(lineage.occurrences, 1)}
    return {
        "formulation": lineage.formulation,
        "folded": lineage.folded,
        "least_similarity": lineage.least,
        "count": len(lineage.occurrences),
        "documents": lineage.documents,
        "first": numbers[id(lineage.first)] if lineage.first else None,
        "latest": numbers[id(lineage.latest)] if lineage.latest else None,
        "groups": [_group(group, numbers) for group in lineage.groups],
        "years": [{"year": int(count.name), **_count(count)} for count in lineage.years],
        "speakers": [{"name": count.name or None, **_count(count)} for count in lineage.speakers],
        "undated": [document_json(document) for document in lineage.undated],
        "occurrences": [_occurrence(number, one) for number, one in enumerate(lineage.occurrences, 1)],
        "nearby": [_occurrence(number, one) for number, one in enumerate(lineage.nearby, 1)],
    }


def _group(group: Group, numbers: dict[int, int]) -> Json:
    return {
        "wording": group.wording,
        "count": group.count,
        "variants": [_variant(variant, numbers) for variant in group.variants],
    }


def _variant(variant: Variant, numbers: dict[int, int]) -> Json:
    return {
        "wording": variant.wording,
        "folded": variant.folded,
        "similarity": round(variant.similarity, 4),
        "count": len(variant.occurrences),
        "occurrences": [numbers[id(one)] for one in variant.occurrences],
        "marked": marked(variant.changes),
        "changes": [{"op": one.kind.value, "old": one.old, "new": one.new} for one in variant.changes],
    }


def _count(count: Count) -> Json:
    return {"count": count.occurrences, "documents": count.documents}


def _occurrence(number: int, one: Occurrence) -> Json:
    return {
        "n": number,
        "date": str(one.moment) if one.moment else None,
        "speaker": one.speaker or None,
        "quoted_speaker": one.quoted_speaker or None,
        "section": list(one.section_path),
        "is_title": one.is_title,
        "text": one.text,
        "start": one.span.start,
        "end": one.span.end,
        "wording": one.wording,
        "similarity": round(one.similarity, 4),
        "sentence": _words(one.sentence),
        "explanation": _words(one.explanation) if one.explanation else None,
        "passage_id": one.passage_id or None,
        "document": document_json(one.document),
    }


def _words(words: Words) -> Json:
    return {"text": words.text, "start": words.span.start, "end": words.span.end}
