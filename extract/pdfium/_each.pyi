def each(
    function: int,
    is_wide: bool,
    count: int,
    answers: int,
    arguments: tuple[tuple[int, int, bool], ...],
) -> None:
    """Call the C function at address ``function`` ``count`` times; answers go to int64[count].

    ``is_wide``: it answers with a machine word instead of an int. ``arguments``, 1 to 5: begin,
    step, and whether the values are read from memory, 8 bytes each, at these places.
    """
