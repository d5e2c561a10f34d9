"""The pages, one file per place a recruiter goes to."""
