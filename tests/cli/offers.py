"""Offers of help as tests of the command line write them into a file."""

#: One organisation with one place, whose helper was checked.
ONE_OFFER = """
[[offers]]
code = "company"
organisation = "330199.volunteers"
provider = "volunteers"
services = ["company", "guardian_visit"]
capacity = 1
people = [{ ref = "1", unfit_grounds = [], barred_by = [] }]
"""
#: Another with nine, whose helper nobody checked.
UNCHECKED = """
[[offers]]
code = "unchecked"
organisation = "330199.newcomers"
provider = "organisation"
services = ["company"]
capacity = 9
people = [{ ref = "1" }]
"""
