"""The evaluation lab: labelled calls against a wording of the question, measured."""
