# Needs .venv with the extras "dev": .venv/bin/pip install '.[dev]'

bin := justfile_directory() / ".venv/bin"

default: lint test

# The tests, on all cores
test *arguments:
    {{bin}}/pytest -n auto {{arguments}}

# Style and documentation
lint:
    {{bin}}/ruff check .
    {{bin}}/ruff format --check .
    {{bin}}/python -m yusuan.docs --check

# Put code into the common style
format:
    {{bin}}/ruff check --fix .
    {{bin}}/ruff format .

# Write the generated documentation again
docs:
    {{bin}}/python -m yusuan.docs

# All that must pass, in a clean environment
ci:
    .ci/run
