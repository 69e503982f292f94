"""Advice on a crop at a place: the question, the weather it rests on, and the answer."""
