"""For authors of packs and engines: what it takes to test rules.

``strategies`` makes cases and their parts for property tests, ``expressions`` makes rules. Both need hypothesis,
which comes with ``pip install kinderguard[test]``.
"""
