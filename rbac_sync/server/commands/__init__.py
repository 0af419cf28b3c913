"""Commands: what can be done in an account, in one write transaction; both faces call them.

A command is given the transaction and values of the model, never ids, requests
or inputs: a face decodes these before. It returns values of the model, or
raises a ``Refusal``; the transaction then makes nothing.
"""
