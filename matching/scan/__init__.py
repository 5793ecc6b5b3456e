"""The second reading of the rules (批量求值): all policies for a whole population, on columns.

The same truth as the explaining reading, without its words. The only part of `matching` that needs
numpy. docs/decisions/0007-scan.md says how it is built; a property test holds the two equal.
"""
