"""The evaluation of ``[[test]]`` tables: how each test fails in one state of an account."""
