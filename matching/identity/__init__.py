"""Who is the same person in several lists (身份归并): suggestions with reasons, never a merge.

records     what one list says about one person, as a closed value
characters  which characters sound or look alike, and other written forms
cells       one cell to one value
normalise   rows of a list to records; every refused cell is said
compare     two records, field by field, as levels
blocking    which pairs are worth comparing
model       levels to bits and a probability
estimation  the figures, from the lists themselves
barriers    what no probability outweighs: twins, parent and child, two valid numbers
clusters    pairs to persons
register    records by batch, people's decisions; the same persons as a run over everything
findings    the same person in several lists, as a value with a stable key
wording     all of it in Chinese
"""
