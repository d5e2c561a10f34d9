"""The rules of intake: what an application may become, what a lead file says.

They know the standard library and ``people``, nothing else.
"""
