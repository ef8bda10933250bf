"""``python -m yusuan`` is the command line."""

from yusuan.cli import main

if __name__ == "__main__":
    main()
