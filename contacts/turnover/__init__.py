"""The term of a body turns: who stays, who leaves, who comes (`grouping`), and doing so (`deeds`)."""
