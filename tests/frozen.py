"""A module to import last in a process that is forked: what is there by then stays.

*Why*: each child would pass over all of it, and copy the memory, whenever it looks for cycles.
"""

import gc

gc.freeze()
