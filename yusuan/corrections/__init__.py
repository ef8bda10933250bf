"""What a reviewer decided, kept in a plain file and applied anew on every run."""
