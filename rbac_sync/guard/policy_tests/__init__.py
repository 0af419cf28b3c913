"""The evaluation of ``[[test]]`` tables: the failures of each test in one state of an account."""
