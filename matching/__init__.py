"""The thinking (思考): facts, rules, answers. Pure: no store, no web, no clock, no chance."""
