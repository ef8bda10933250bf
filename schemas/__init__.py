"""The canonical tables, families, synonyms and code lists: data files and one small loader."""

from yusuan.schemas.loader import load
from yusuan.schemas.model import SchemaError, Schemas

__all__ = ["SchemaError", "Schemas", "load"]
