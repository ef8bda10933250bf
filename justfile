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

# Thousands of drawn tables with known truth through the whole line (tests/torture)
torture examples="1000" seed="":
    YUSUAN_TORTURE={{examples}} YUSUAN_TORTURE_SEED={{seed}} {{bin}}/pytest -n auto tests/torture/test_torture.py

# The same through LibreOffice Calc; needs soffice
torture-office examples="150" seed="" rows="":
    YUSUAN_TORTURE_OFFICE={{examples}} YUSUAN_TORTURE_SEED={{seed}} YUSUAN_TORTURE_ROWS={{rows}} \
        {{bin}}/pytest tests/torture/test_torture_office.py

# The same through a browser's print; needs Chromium
torture-browser examples="150" seed="" rows="":
    YUSUAN_TORTURE_BROWSER={{examples}} YUSUAN_TORTURE_SEED={{seed}} YUSUAN_TORTURE_ROWS={{rows}} \
        {{bin}}/pytest tests/torture/test_torture_browser.py
