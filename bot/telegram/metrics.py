"""What the bot counts, for Prometheus and for /health."""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_LATENCIES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """One bot's figures, in a registry of their own so that two bots in one process don't mix."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._polled: float | None = None
        self.registry = CollectorRegistry()
        self.updates = self._counter("updates", "Updates received")
        self.duplicates = self._counter("duplicates", "Updates and questions dropped as already known")
        self.questions = self._counter("questions", "Questions accepted")
        self.answers = Counter(
            "anjiang_answers", "Questions closed, by outcome", ["outcome"], registry=self.registry
        )
        self.refusals = Counter(
            "anjiang_refusals", "Updates refused, by reason", ["reason"], registry=self.registry
        )
        self.errors = Counter("anjiang_errors", "Failures, by place", ["place"], registry=self.registry)
        self.flood_waits = self._counter("flood_waits", "429 answers of Telegram")
        self.dropped = self._counter("dropped", "Typing, progress and previews that were left out")
        self.retries = self._counter("retries", "Requests that were sent again")
        self.worded = Counter(
            "anjiang_worded",
            "Answers given to a language model, by outcome",
            ["outcome"],
            registry=self.registry,
        )
        self.sentences = Counter(
            "anjiang_worded_sentences",
            "Sentences of a language model: proved, repaired or dropped",
            ["fate"],
            registry=self.registry,
        )
        self.first_text = Histogram(
            "anjiang_first_text_seconds",
            "From accepting a question to the first text of its answer",
            buckets=_LATENCIES,
            registry=self.registry,
        )
        self._gauge("poll_age_seconds", "Since the last answered getUpdates", self.poll_age)
        self._gauge("uptime_seconds", "Since the bot started", lambda: clock() - self._started)

    def polled(self) -> None:
        """Note that Telegram answered a request for updates just now."""
        self._polled = self._clock()

    def poll_age(self) -> float:
        """Seconds since Telegram last answered a request for updates (or since the start)."""
        return self._clock() - (self._started if self._polled is None else self._polled)

    def watch_queue(self, depth: Callable[[], int]) -> None:
        """Report the queue's depth from now on."""
        self._gauge("queue_depth", "Questions and other jobs that wait or run", depth)

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, about: str) -> Counter:
        return Counter(f"anjiang_{name}", about, registry=self.registry)

    def _gauge(self, name: str, about: str, value: Callable[[], float]) -> None:
        Gauge(f"anjiang_{name}", about, registry=self.registry).set_function(value)
