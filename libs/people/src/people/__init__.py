"""What every service must agree on about people: names, phone numbers, addresses, the words of a lead form.

Pure functions; no I/O. Every comparison of names or phones goes through here, so that two services never
disagree on whether two people are the same.
"""

from people.emails import fold_email, normalise_email
from people.names import fold, split_name
from people.persons import persons
from people.phones import Phone, normalise_phone, phone_region
from people.questions import humanize_answer, humanize_question
from people.regions import phone_home, phone_time_zone, phone_time_zones, region_of_time_zone

__all__ = [
    "Phone",
    "fold",
    "fold_email",
    "humanize_answer",
    "humanize_question",
    "normalise_email",
    "normalise_phone",
    "persons",
    "phone_home",
    "phone_region",
    "phone_time_zone",
    "phone_time_zones",
    "region_of_time_zone",
    "split_name",
]
