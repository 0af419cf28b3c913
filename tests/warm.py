"""A module to import in a process that is forked: what its first command would work out.

*Why*: each child would build the validator of configurations for itself, a fifth of its time.
"""

from rbac_sync.config.schema import ConfigDocument

ConfigDocument.model_rebuild()
