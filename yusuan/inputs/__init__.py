"""What was given to convert: files, folders, patterns, lists, addresses -> one entry a document."""

from yusuan.inputs.find import find_inputs, shard_of
from yusuan.inputs.model import Fetched, Given, Input, InputError

__all__ = ["Fetched", "Given", "Input", "InputError", "find_inputs", "shard_of"]
