"""Commands: the actions in an account, each in one write transaction, for both faces.

The arguments of a command are the transaction and values of the model, never ids, requests
or inputs: a face decodes these first. A command returns values of the model, or
raises a ``Refusal``, and then the transaction writes nothing. Each does so if the guard refuses
its changes; the other reasons are in its docstring.
"""
