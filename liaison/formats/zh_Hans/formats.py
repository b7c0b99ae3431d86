"""The same as in English."""

from liaison.formats.en.formats import *  # noqa: F403
