"""Statuses and reasons of a family by generated code (生成的求值): the first reading at its speed.

The same truth as the explaining reading and the scan, without words. docs/decisions/0009 says how
it is built; property tests hold the three equal.
"""
