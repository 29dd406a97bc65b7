"""Decoding: from moments to the frames on screen at them."""
