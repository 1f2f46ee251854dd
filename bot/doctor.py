"""The check-up: does everything that an answer needs work, and if not, what to do."""

from __future__ import annotations

import asyncio
import enum
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import AnjiangError
from config.messages import Language, message
from retrieval.cli.version import installed_version

if TYPE_CHECKING:
    from config.settings import Settings
    from embeddings import Encoder
    from embeddings.prepared import PreparedModel
    from retrieval.index.generation import Generation

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
PACKAGES = (
    "numpy",
    "faiss-cpu",
    "onnxruntime",
    "tokenizers",
    "sentence-transformers",
    "torch",
    "rich",
    "typer",
    "resvg-py",
    "uharfbuzz",
)
ENOUGH_SPACE = 1 << 30  # a prepared model takes half of it, an index of thousands of speeches the rest
LEAST_SPACE = 100 << 20
_GIGABYTE = 1 << 30
_MEGABYTE = 1 << 20


class Level(enum.StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the check-up; ``text`` says what was found and, unless all is well, what to do."""

    name: str
    level: Level
    text: str


class Doctor:
    """Checks one installation with one set of settings."""

    def __init__(self, settings: Settings, language: Language) -> None:
        self._settings = settings
        self._language = language

    def examine(self) -> Iterator[Check]:
        """All checks in order, cheap ones first. Changes nothing on the disk."""
        yield self._python()
        packages = self._packages()
        yield packages
        yield self._terminal()
        yield self._archive()
        yield self._disk()
        if packages.level is Level.OK:
            yield self._fonts()
        try:
            prepared = self._find_model()
        except AnjiangError as error:
            prepared = None
            yield self._failed("model", error)
        else:
            yield self._model(prepared)
        try:
            judge = self._find_judge()
            yield self._judge(judge)
        except AnjiangError as error:
            yield self._failed("judge", error)
        else:
            yield self._cache([prepared, judge])
        yield from self._index(prepared)
        yield self._llm()

    def _check(self, name: str, level: Level, key: str, **values: object) -> Check:
        return Check(name, level, message(f"doctor.{key}", self._language, **values))

    def _failed(self, name: str, error: AnjiangError) -> Check:
        return Check(name, Level.FAIL, error.text(self._language))

    def _python(self) -> Check:
        version = ".".join(map(str, sys.version_info[:3]))
        supported = OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON
        level = Level.OK if supported else Level.WARN
        key = "python" if supported else "python_untested"
        low, high = (".".join(map(str, bound)) for bound in (OLDEST_PYTHON, NEWEST_PYTHON))
        return self._check("python", level, key, version=version, low=low, high=high, path=sys.executable)

    def _packages(self) -> Check:
        versions = {package: installed_version(package) for package in PACKAGES}
        missing = [package for package in PACKAGES if versions[package] is None]
        if missing:
            return self._check("packages", Level.FAIL, "packages_missing", packages=" ".join(missing))
        listed = "  ".join(f"{package} {version}" for package, version in versions.items())
        return self._check("packages", Level.OK, "packages", packages=listed)

    def _terminal(self) -> Check:
        encoding = sys.stdout.encoding or "ascii"
        utf8 = encoding.lower().replace("-", "").startswith("utf")
        values = {"encoding": encoding, "locale": os.environ.get("LC_ALL") or os.environ.get("LANG") or "C"}
        key, level = ("terminal", Level.OK) if utf8 else ("terminal_not_utf8", Level.WARN)
        return self._check("terminal", level, key, **values)

    def _archive(self) -> Check:
        from retrieval.documents.read import ARCHIVE_SUFFIXES  # noqa: PLC0415
        from retrieval.index.archive import find_speeches  # noqa: PLC0415

        archive = self._settings.archive
        if archive is None:
            return self._check("archive", Level.WARN, "archive_not_set")
        try:
            files, _ = find_speeches(archive, self._settings.index, ARCHIVE_SUFFIXES)
        except AnjiangError as error:
            return self._failed("archive", error)
        level, key = (Level.OK, "archive") if files else (Level.WARN, "archive_empty")
        return self._check("archive", level, key, path=archive, files=len(files))

    def _disk(self) -> Check:
        places = {"index": self._settings.index, "cache": self._settings.embedding.cache}
        free = {name: _free_bytes(path) for name, path in places.items()}
        name = min(free, key=lambda place: free[place])
        least = free[name]
        level = Level.OK if least >= ENOUGH_SPACE else Level.WARN if least >= LEAST_SPACE else Level.FAIL
        key = "disk" if level is Level.OK else "disk_low"
        return self._check("disk", level, key, free=f"{least / _GIGABYTE:.1f}", path=places[name])

    def _fonts(self) -> Check:
        from retrieval.lineage.fonts import fonts_for  # noqa: PLC0415

        try:
            fonts = fonts_for(message("trace.picture_title", Language.ZH, formulation="三管三必须"))
        except AnjiangError as error:  # only pictures need them
            return Check("fonts", Level.WARN, error.text(self._language))
        return self._check("fonts", Level.OK, "fonts", fonts="  ".join(font.family for font in fonts))

    def _find_model(self) -> PreparedModel | None:
        from embeddings.prepare import find_prepared  # noqa: PLC0415

        chosen = self._settings.embedding
        return find_prepared(chosen.model, chosen.adapter, chosen.cache)

    def _model(self, prepared: PreparedModel | None) -> Check:
        from embeddings import Purpose, load_encoder  # noqa: PLC0415

        chosen = self._settings.embedding
        if prepared is None:
            return self._check("model", Level.WARN, "model_not_prepared", model=self._encoder_name())
        try:
            encoder = load_encoder(
                chosen.model,
                adapter=chosen.adapter,
                purpose=Purpose.QUERY,
                cache_dir=chosen.cache,
                threads=chosen.threads,
            )
            encoder.encode_queries(["安全"])
        except AnjiangError as error:
            return self._failed("model", error)
        values = {"model": self._encoder_name(), "dim": encoder.dim, "fingerprint": encoder.fingerprint}
        return self._check("model", Level.OK, "model", folder=prepared.folder, **values)

    def _find_judge(self) -> PreparedModel | None:
        from embeddings.cross_encoder import find_cross_encoder  # noqa: PLC0415

        return find_cross_encoder(cache_dir=self._settings.embedding.cache)

    def _judge(self, prepared: PreparedModel | None) -> Check:
        from embeddings.cross_encoder import load_cross_encoder  # noqa: PLC0415

        if not self._settings.retrieval.cross_encoder:
            return self._check("judge", Level.OK, "judge_off")
        chosen = self._settings.embedding
        # Loading one that is prepared changes nothing; without the default model's weights there is none.
        judge = load_cross_encoder(cache_dir=chosen.cache, threads=chosen.threads or 2) if prepared else None
        if prepared is None or judge is None:
            return self._check("judge", Level.WARN, "judge_not_prepared")
        judge.logits("安全", ["安全"])
        return self._check("judge", Level.OK, "judge", folder=prepared.folder)

    def _cache(self, used: Sequence[PreparedModel | None]) -> Check:
        from embeddings.prepared import folders_beside, models_folder  # noqa: PLC0415

        cache = self._settings.embedding.cache
        unused = folders_beside([one.folder for one in used if one is not None], cache)
        size = sum(file.stat().st_size for folder in unused for file in folder.rglob("*") if file.is_file())
        values = {"count": len(unused), "size": f"{size / _MEGABYTE:.0f}", "path": models_folder(cache)}
        return self._check("cache", Level.OK, "cache_more" if unused else "cache", **values)

    def _encoder_name(self) -> str:
        from embeddings import encoder_name  # noqa: PLC0415

        return encoder_name(self._settings.embedding.model, self._settings.embedding.adapter)

    def _index(self, prepared: PreparedModel | None) -> Iterator[Check]:
        from retrieval.opening import open_index  # noqa: PLC0415

        fingerprint = prepared.manifest.fingerprint if prepared else None
        index = self._settings.index
        try:
            generation = open_index(self._settings, fingerprint, verify=True, model=self._encoder_name())
        except AnjiangError as error:
            yield self._failed("index", error)
            return
        with generation:
            manifest = generation.manifest
            yield self._check(
                "index",
                Level.OK,
                "index",
                generation=generation.path.name,
                documents=manifest.documents,
                passages=manifest.passages,
                created=manifest.created,
                vectors=manifest.vectors.as_text(self._language),
                path=index,
            )
            yield from self._freshness(generation)

    def _freshness(self, generation: Generation) -> Iterator[Check]:
        """Whether the index says what the archive says now; silent when the archive can't tell."""
        from retrieval.index.in_force import current_name  # noqa: PLC0415
        from retrieval.index.rebuild import rebuild_index  # noqa: PLC0415

        archive, manifest = self._settings.archive, generation.manifest
        if archive is None or not archive.is_dir():
            return
        if current_name(self._settings.index) is None:  # a server has the index; it is made elsewhere
            return
        if archive.resolve() != Path(manifest.archive):
            yield self._check(
                "fresh", Level.WARN, "other_archive", indexed=manifest.archive, archive=archive.resolve()
            )
            return

        def no_encoder() -> Encoder:
            raise ValueError("a rehearsal encodes nothing")

        try:
            report = rebuild_index(
                archive, self._settings.index, no_encoder, fingerprint=manifest.fingerprint, dry_run=True
            )
        except AnjiangError as error:
            yield self._failed("fresh", error)
            return
        counts = {
            "new": len(report.new),
            "changed": len(report.changed),
            "renamed": len(report.renamed),
            "removed": len(report.removed),
        }
        level, key = (Level.WARN, "stale") if any(counts.values()) else (Level.OK, "fresh")
        yield self._check("fresh", level, key, **counts)

    def _llm(self) -> Check:
        """Without a model everything else works, so nothing about it fails the check-up."""
        from bot.llm.setting import is_set, seconds_to_begin, trouble  # noqa: PLC0415

        chosen = self._settings.llm
        found = trouble(chosen)
        if found is None and not is_set(chosen):
            return self._check("llm", Level.OK, "llm_not_set")
        try:
            if found:
                raise found
            seconds = asyncio.run(seconds_to_begin(chosen))
        except AnjiangError as error:
            return Check("llm", Level.WARN, error.text(self._language))
        return self._check("llm", Level.OK, "llm", model=chosen.model, seconds=f"{seconds:.1f}")


def _free_bytes(path: Path) -> int:
    """Free bytes where a folder is, or would be made."""
    there = next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())
    return shutil.disk_usage(there).free
