"""What was given to convert: files, folders, patterns, lists, addresses -> one entry a document."""

from yusuan.inputs.find import find_inputs, shard_of
from yusuan.inputs.model import Fetched, Given, Input, InputError, recorded_source

__all__ = ["Fetched", "Given", "Input", "InputError", "find_inputs", "recorded_source", "shard_of"]
