"""The JSON shapes of Prefect Cloud's REST API, one module for each collection.

A body of the published operation ``read_bots`` is the class ``ReadBots``; every other
class has the name it has in the published document, API version 0.8.4, unless its
docstring or ``Source:`` line says otherwise. Permission names are plain text here: the
catalogue lists them.

Sources: [P] the Terraform provider's code, [T] its acceptance tests, [D] Prefect's
documentation, [C] the ``prefect`` package. Shapes without a source are in the document.
"""
