"""PDF to raw tables. Knows geometry and fonts, nothing of budgets."""
