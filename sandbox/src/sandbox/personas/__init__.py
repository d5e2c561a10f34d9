"""The people at the other end of the line: who they are, what they say, when they write.

A persona reacts only to what reaches it: a call's first words, an email at its address, a WhatsApp at its
number.
"""
