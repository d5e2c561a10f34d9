"""What every service must agree on about people: names, phone numbers, addresses, the words of a lead form.

Pure functions; no I/O. Every comparison of names or phones goes through here, so that two services never
disagree on whether two people are the same.
"""

from people.emails import fold_email, normalise_email
from people.names import fold, split_name
from people.nicknames import Relation, is_given_name, is_womans_name, other_forms, relation
from people.persons import persons
from people.phones import DEFAULT_REGION, Phone, normalise_phone, phone_region, phone_variants
from people.questions import humanize_answer, humanize_question
from people.regions import phone_home, phone_time_zone, phone_time_zones, region_of_time_zone
from people.sounds import letters_alike, romanise, slips, sound

__all__ = [
    "DEFAULT_REGION",
    "Phone",
    "Relation",
    "fold",
    "fold_email",
    "humanize_answer",
    "humanize_question",
    "is_given_name",
    "is_womans_name",
    "letters_alike",
    "normalise_email",
    "normalise_phone",
    "other_forms",
    "persons",
    "phone_home",
    "phone_region",
    "phone_time_zone",
    "phone_time_zones",
    "phone_variants",
    "region_of_time_zone",
    "relation",
    "romanise",
    "slips",
    "sound",
    "split_name",
]
