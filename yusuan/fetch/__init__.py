"""Documents that are elsewhere (http, https, object storage) -> files in a cache."""

from yusuan.fetch.all import fetch_inputs
from yusuan.fetch.cache import CacheError, default_cache
from yusuan.fetch.model import FetchSettings

__all__ = ["CacheError", "FetchSettings", "default_cache", "fetch_inputs"]
