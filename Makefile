# `make demo` answers a question from examples/speeches, `make test` runs every check, `make bench` measures.
# PYTHON=... chooses the interpreter (3.11 to 3.13), QUESTION=... what the demo asks.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint format bench clean

export PYTHON QUESTION

help:
	@echo "make demo     set up, index examples/speeches, answer a question"
	@echo "make test     set up, run all checks and tests"
	@echo "make lint     the checks without the tests"
	@echo "make format   format the code"
	@echo "make bench    set up, run the standing benchmarks, write docs/benchmarks.md"
	@echo "make clean    remove what the commands above have made"

demo:
	@sh scripts/setup.sh run
	@sh scripts/demo.sh

test:
	@sh scripts/setup.sh dev
	@sh scripts/check.sh

lint:
	@sh scripts/setup.sh dev
	@sh scripts/check.sh lint

format:
	@sh scripts/setup.sh dev
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench:
	@sh scripts/setup.sh dev
	@.venv/bin/python -m benchmarks.bench

clean:
	rm -rf .venv .demo .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
