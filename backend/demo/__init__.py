"""The demo estate: two invented estates with people and some weeks of history, in an empty database only.

The mark on the installation is what makes demo logins, codes and the demo clock exist at all.
"""

from backend.demo.seed import is_demo, refuse_if_foreign, seed

__all__ = ["is_demo", "refuse_if_foreign", "seed"]
