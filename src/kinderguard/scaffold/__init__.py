"""New packs from a template, and packs brought up to a newer template. Needs ``pip install 'kinderguard[kit]'``.

The commands ``new-pack`` and ``update-pack`` call it. It writes files; it never installs anything.
"""

from kinderguard.scaffold.answers import Answers, ScaffoldError, answers_for
from kinderguard.scaffold.new_pack import NewPack, new_pack
from kinderguard.scaffold.update import Updated, update_pack

__all__ = ["Answers", "NewPack", "ScaffoldError", "Updated", "answers_for", "new_pack", "update_pack"]
