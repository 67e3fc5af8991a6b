"""A local stand-in for the Easify API, and the ground truth of our tests.

It imports nothing else of ours, so that the two sides of the wire are independently true.
It has no clock, no randomness and no global state: time comes in as an argument, faults are
ordered, and what the vendor really accepted can be read back.

`vendor` is the pure heart, `app` puts it on the wire, `serving` on a loopback socket.
Only the last two need the `sandbox` extra.
"""
