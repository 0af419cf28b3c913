"""The JSON shapes of Prefect Cloud's REST API, one module for each collection.

A body of the published operation ``read_bots`` is the class ``ReadBots``; every other
class has the name it has in the published document, API version 0.8.4, unless its
docstring or ``Source:`` line says otherwise.
"""
