"""The families of tables that are drawn."""

from hypothesis import strategies as st

from .books import basic, expenditure, summary, three_public
from .goals import department_goals
from .projects import projects
from .sheet import Sheet

SHEETS: dict[str, st.SearchStrategy[Sheet]] = {
    "expenditure": expenditure(),
    "summary": summary(),
    "basic": basic(),
    "three_public": three_public(),
    "projects": projects(),
    "goals": department_goals(),
}
