"""What costs how much, as a ratio to a plain baseline measured in the same minutes: `make bench`.

Nothing here is a test: figures belong to the machine and the hour, ratios far less so. Each benchmark runs ours and
the baseline in turns and compares medians.
"""
