"""The instructor's report on an assignment: one page and one table, made from the gradebook and what was graded."""
