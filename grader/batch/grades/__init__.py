"""The file grades.sqlite: what was graded, when and for whom, and what people set by hand."""
