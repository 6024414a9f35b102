"""The mark of tests that ask the solver about every possible child: `pytest -m "not proofs"` leaves them out."""


def pytest_configure(config):
    config.addinivalue_line("markers", "proofs: asks the solver about every possible child; takes some twenty seconds")
